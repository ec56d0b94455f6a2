'use client';

import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const Context = createContext<(words: string) => void>(() => {});

/** Says a short thing to whoever looks or listens: what was done, or why it was not. */
export const useSay = () => useContext(Context);

const SHOWN_MS = 3_500;

export function VoiceProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ words: '', at: 0 });
  const say = useCallback((words: string) => setSaid({ words, at: Date.now() }), []);
  useEffect(() => {
    if (!said.words) return;
    const timer = setTimeout(() => setSaid({ words: '', at: 0 }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Context value={say}>
      {children}
      <p
        role="status"
        aria-live="polite"
        data-testid="said"
        className="pointer-events-none fixed bottom-4 left-1/2 z-50 -translate-x-1/2 animate-rise rounded-md bg-inverse px-3 py-1.5 text-canvas text-xs shadow-float empty:hidden max-sm:bottom-24"
      >
        {said.words}
      </p>
    </Context>
  );
}
