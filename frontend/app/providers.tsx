'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { type ReactNode, useState } from 'react';
import { TooltipProvider } from '@/components/ui/tooltip';
import { isProblem, Problem } from '@/lib/api/problem';
import { AuthProvider } from '@/lib/auth';
import { useTheme } from '@/lib/theme';
import { toast } from '@/lib/toast';

const Toaster = dynamic(() => import('sonner').then((module) => module.Toaster), { ssr: false });

/** Trying again helps when the server is away, not when it has refused. */
const mayRetry = (failures: number, error: Error) =>
  failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500);

function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: mayRetry, staleTime: 10_000 } },
    // A session that ended while the page was open: asking who we are leads to the sign-in page.
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (isProblem(error, 401) && query.queryKey[0] !== 'me') void client.invalidateQueries({ queryKey: ['me'] });
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.quiet) return;
        const isForeseen = error instanceof Problem;
        toast.error(isForeseen ? error.title : 'Something went wrong', {
          description: isForeseen ? error.detail : error.message,
        });
      },
    }),
  });
  return client;
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  const theme = useTheme();
  return (
    <QueryClientProvider client={client}>
      <AuthProvider>
        <TooltipProvider>{children}</TooltipProvider>
      </AuthProvider>
      <Toaster theme={theme} position="bottom-right" gap={8} toastOptions={{ className: 'sojourn-toast' }} />
    </QueryClientProvider>
  );
}
