'use client';

import { type ReactNode, useId } from 'react';

interface Wiring {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

interface Props {
  label: string;
  hint?: ReactNode;
  error?: string;
  children: (wiring: Wiring) => ReactNode;
}

/** A label, one control and what is said about it; `children` spreads the wiring onto the control. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="font-medium text-ink text-sm">
        {label}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': said ? `${id}-said` : undefined })}
      {said && (
        <p
          id={`${id}-said`}
          role={error ? 'alert' : undefined}
          className={error ? 'text-bad text-xs' : 'text-ink-3 text-xs'}
        >
          {said}
        </p>
      )}
    </div>
  );
}
