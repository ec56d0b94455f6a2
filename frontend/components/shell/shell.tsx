'use client';

import dynamic from 'next/dynamic';
import { usePathname, useRouter } from 'next/navigation';
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react';
import { Failure } from '@/components/ui/failure';
import { Spinner } from '@/components/ui/spinner';
import { useAuth } from '@/lib/auth';
import { useKeys } from '@/lib/use-keys';
import { BottomBar } from './bottom-bar';
import { SECTIONS } from './sections';
import { Sidebar } from './sidebar';
import { TopBar } from './top-bar';

const CommandPalette = dynamic(() => import('./command-palette').then((module) => module.CommandPalette), {
  ssr: false,
});
const Shortcuts = dynamic(() => import('./shortcuts').then((module) => module.Shortcuts), { ssr: false });

type Above = 'palette' | 'shortcuts' | null;

/** The keys that work on every page; what they open stands above it. */
function useShellKeys(): [Above, (above: Above) => void] {
  const [above, setAbove] = useState<Above>(null);
  const router = useRouter();
  useKeys({
    'mod+k': () => setAbove((open) => (open === 'palette' ? null : 'palette')),
    '?': () => setAbove('shortcuts'),
    '/': () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus(),
    ...Object.fromEntries(SECTIONS.map(({ key, href }) => [`g ${key}`, () => router.push(href)])),
  });
  return [above, setAbove];
}

/** Everything around a page. Whoever is not signed in is led to the sign-in page, and back afterwards. */
export function Shell({ children }: { children: ReactNode }) {
  const { ready, me, error, refresh } = useAuth();
  // The whole app appears at once: drawn in slices, it leaves room for what else the page has to do.
  const isDrawn = useDeferredValue(!!me, false);
  const router = useRouter();
  const path = usePathname();
  const [above, setAbove] = useShellKeys();

  useEffect(() => {
    if (ready && !me && !error) router.replace(`/sign-in?next=${encodeURIComponent(path + location.search)}`);
  }, [ready, me, error, router, path]);

  if (error && !me) return <Failure error={error} onRetry={() => void refresh()} />;
  if (!me || !isDrawn) {
    return (
      <div role="status" aria-label="Loading" className="grid min-h-dvh place-items-center text-ink-3">
        <Spinner className="size-5" />
      </div>
    );
  }
  const find = () => setAbove('palette');
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <TopBar onSearch={find} />
      <Sidebar onSearch={find} />
      <main id="content" key={me.workspace.id} tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        {children}
      </main>
      <BottomBar />
      {above === 'palette' && (
        <CommandPalette onClose={() => setAbove(null)} onShortcuts={() => setAbove('shortcuts')} />
      )}
      {above === 'shortcuts' && <Shortcuts onClose={() => setAbove(null)} />}
    </div>
  );
}
