import type { ReactNode } from 'react';
import { Logo } from '@/components/logo';

export default function PublicLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-2.5 font-semibold text-lg tracking-tight">
          <Logo className="size-7" />
          Sojourn
        </div>
        {children}
      </div>
    </main>
  );
}
