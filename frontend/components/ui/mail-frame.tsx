/** Somebody's HTML, shown where it can run nothing and reach nothing of ours. */
export function MailFrame({ html, title, className }: { html: string; title: string; className?: string }) {
  return (
    <iframe
      title={title}
      srcDoc={html}
      sandbox=""
      className={`w-full rounded-md border bg-white ${className ?? 'h-[32rem]'}`}
    />
  );
}
