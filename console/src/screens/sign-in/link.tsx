import { getProfile, signInWithLink } from '@cuepoint/contract';
import { Link, useRouter } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError, call, keyOf, queries } from '../../api.ts';
import { buttonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Note } from '../../design/note.tsx';
import { SignInFrame } from './frame.tsx';

/** Redeems a one-time link. The token is in the fragment, so it reaches no server log and no referrer. */
export function SignInLink() {
  const router = useRouter();
  const [failure, setFailure] = useState<ApiError | 'missing' | null>(null);
  const started = useRef(false);
  useEffect(() => {
    document.title = 'Signing in · Cuepoint';
    // A link works once: effects that run twice in development must not spend it twice.
    if (started.current) return;
    started.current = true;
    const fragment = location.hash.slice(1);
    const token = new URLSearchParams(fragment).get('token') ?? fragment;
    history.replaceState(history.state, '', location.pathname);
    if (!token) {
      setFailure('missing');
      return;
    }
    call(signInWithLink, { token }).then(
      (profile) => {
        queries.clear();
        queries.setQueryData(keyOf(getProfile, {}), profile);
        void router.navigate({ to: '/', replace: true });
      },
      (error: unknown) => setFailure(error instanceof ApiError ? error : 'missing'),
    );
  }, [router]);
  return (
    <SignInFrame>
      <div>
        <h1 className="!text-figure">{failure ? 'This link did not work' : 'Signing in'}</h1>
        {failure ? (
          <>
            <Note
              tone="block"
              live
              className="mt-4"
              title={
                failure === 'missing'
                  ? 'The link is incomplete.'
                  : `${failure.problem?.title ?? 'The server did not answer'}.`
              }
            >
              {failure === 'missing'
                ? 'Copy the whole address that was printed, with everything after the #.'
                : failure.problem?.code === 'input.invalid'
                  ? 'Copy the whole address that was printed, with everything after the #.'
                  : (failure.problem?.remedy ?? 'Check that Cuepoint is running, then open the link again.')}
            </Note>
            <Link to="/sign-in" className={`${buttonClass('primary', 'lg')} mt-5 w-full`}>
              Sign in with a password
            </Link>
          </>
        ) : (
          <p role="status" className="mt-2 flex items-center gap-2 text-fg-2">
            <Icon of={LoaderCircle} className="animate-spin" /> The one-time link is being checked.
          </p>
        )}
      </div>
    </SignInFrame>
  );
}
