export const THEME_KEY = 'sojourn-theme';

/** Runs before the first paint, so that a dark page never flashes light. Apart from the hook, because the server renders it. */
export const THEME_SCRIPT = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}`;
