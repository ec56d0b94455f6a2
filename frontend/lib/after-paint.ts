/** Does something once the page has shown what came before it: a button answers at once, then the work is done. */
export const afterPaint = (act: () => void): void => {
  requestAnimationFrame(() => setTimeout(act));
};
