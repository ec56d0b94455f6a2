'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useMemo } from 'react';
import { api, setCsrfToken } from './api/client';
import { isProblem } from './api/problem';
import type { Config, Me } from './api/types';

/** Who is signed in. The one seam that another way to sign in has to fill. */
export interface Auth {
  ready: boolean;
  me: Me | null;
  error: Error | null;
  signIn(email: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  refresh(): Promise<void>;
}

const AuthContext = createContext<Auth | null>(null);

export function useAuth(): Auth {
  const auth = use(AuthContext);
  if (!auth) throw new Error('useAuth needs an AuthProvider above it');
  return auth;
}

/** The signed-in person; only for pages inside the shell, which renders nothing without one. */
export function useMe(): Me {
  const { me } = useAuth();
  if (!me) throw new Error('useMe is for pages behind sign-in');
  return me;
}

async function readMe(): Promise<Me | null> {
  try {
    const me = await api.get<Me>('/api/auth/me');
    setCsrfToken(me.csrf_token);
    return me;
  } catch (error) {
    if (isProblem(error, 401)) return null;
    throw error;
  }
}

/** Signs in with the server's own session cookie. */
export function AuthProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const query = useQuery({ queryKey: ['me'], queryFn: readMe, staleTime: 5 * 60_000, retry: false });
  const auth = useMemo<Auth>(() => {
    const refresh = () => cache.invalidateQueries({ queryKey: ['me'] });
    return {
      ready: !query.isPending,
      me: query.data ?? null,
      error: query.error,
      refresh,
      async signIn(email, password) {
        await api.post('/api/auth/sign-in', { email, password });
        await refresh();
      },
      async signOut() {
        await api.post('/api/auth/sign-out');
        setCsrfToken(null);
        cache.clear();
        await refresh();
      },
    };
  }, [cache, query.isPending, query.data, query.error]);
  return <AuthContext value={auth}>{children}</AuthContext>;
}

/** What the server says about itself, before anyone signs in. */
export const useConfig = () =>
  useQuery({
    queryKey: ['config'],
    queryFn: () => api.get<Config>('/api/config'),
    staleTime: Number.POSITIVE_INFINITY,
  });
