'use client';

import dynamic from 'next/dynamic';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { Failure } from '@/components/ui/failure';
import { Spinner } from '@/components/ui/spinner';
import { useAuth } from '@/lib/auth';
import { BottomBar } from './bottom-bar';
import { Sidebar } from './sidebar';
import { TopBar } from './top-bar';

const CommandPalette = dynamic(() => import('./command-palette').then((module) => module.CommandPalette), {
  ssr: false,
});

/** Opens and closes on Ctrl or Cmd with K, wherever the focus is. */
function useFindKey(toggle: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      toggle();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [toggle]);
}

/** Everything around a page. Whoever is not signed in is led to the sign-in page, and back afterwards. */
export function Shell({ children }: { children: ReactNode }) {
  const { ready, me, error, refresh } = useAuth();
  const router = useRouter();
  const path = usePathname();
  const [finding, setFinding] = useState(false);
  const [wasFinding, setWasFinding] = useState(false);
  if (finding && !wasFinding) setWasFinding(true);
  const [toggle] = useState(() => () => setFinding((open) => !open));
  useFindKey(toggle);

  useEffect(() => {
    if (ready && !me && !error) router.replace(`/sign-in?next=${encodeURIComponent(path + location.search)}`);
  }, [ready, me, error, router, path]);

  if (error && !me) return <Failure error={error} onRetry={() => void refresh()} />;
  if (!me) {
    return (
      <div role="status" aria-label="Loading" className="grid min-h-dvh place-items-center text-ink-3">
        <Spinner className="size-5" />
      </div>
    );
  }
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <TopBar onSearch={toggle} />
      <Sidebar onSearch={toggle} />
      <main id="content" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        {children}
      </main>
      <BottomBar />
      {wasFinding && <CommandPalette open={finding} onOpenChange={setFinding} />}
    </div>
  );
}
