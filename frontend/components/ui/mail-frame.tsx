interface Props {
  html: string;
  title: string;
  className?: string;
  /** As a mail program with a dark look shows it: what the mail says for the dark holds. */
  dark?: boolean;
}

/** Somebody's HTML, shown where it can run nothing and reach nothing of ours. */
export function MailFrame({ html, title, className = 'h-[32rem]', dark = false }: Props) {
  return (
    <iframe
      // The frame takes its colours when it loads.
      key={String(dark)}
      title={title}
      srcDoc={html}
      sandbox=""
      style={{ colorScheme: dark ? 'dark' : 'light' }}
      className={`w-full rounded-md border focus:outline-2 focus:outline-accent ${dark ? 'bg-[#121212]' : 'bg-white'} ${className}`}
    />
  );
}
