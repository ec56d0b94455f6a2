/** The mark: a path from one stop to the next. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M9 22.5c0-3 2.4-4.2 7-5.5s7-2.6 7-5.5"
        fill="none"
        className="stroke-on-accent"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="9" cy="22.5" r="2.9" className="fill-on-accent" />
      <circle cx="23" cy="10.5" r="2.9" className="fill-accent stroke-on-accent" strokeWidth="2.2" />
    </svg>
  );
}
