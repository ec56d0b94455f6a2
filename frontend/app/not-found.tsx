import Link from 'next/link';
import { Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center px-6">
      <div className="flex flex-col items-center text-center">
        <Logo className="mb-5 size-9" />
        <h1 className="font-semibold text-xl">This path leads nowhere</h1>
        <p className="mt-1 mb-5 text-ink-2">The page was moved, or never was.</p>
        <Button asChild look="primary">
          <Link href="/journeys">Go to journeys</Link>
        </Button>
      </div>
    </main>
  );
}
