import { useQuery } from '@tanstack/react-query';
import { createContext, use, useEffect, type ReactNode } from 'react';

import type { Session } from '#apps/backoffice/api-types.js';

import { sessionQuery } from '../api/queries.js';
import { ErrorNotice } from '../parts/error-notice.js';
import { PageLoader } from '../parts/loading.js';
import { SignIn } from '../rooms/sign-in/sign-in.js';
import { useWords } from '../texts/language.js';

const SessionContext = createContext<Session | null>(null);

/** Who is signed in; only inside {@link SignedIn}. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error('useSession outside SignedIn');
  return session;
}

/** Everything behind the door: the sign-in page stands in until somebody is there. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const session = useQuery(sessionQuery);
  const { adopt } = useWords();
  const user = session.data?.user;

  useEffect(() => {
    if (user !== undefined) adopt(user.id, user.language);
  }, [user, adopt]);

  if (session.data === undefined) {
    if (!session.isError) return <PageLoader />;
    return <ErrorNotice error={session.error} retry={() => void session.refetch()} page />;
  }
  if (session.data === null) return <SignIn />;
  return <SessionContext value={session.data}>{children}</SessionContext>;
}
