import { getProfile, signIn } from '@cuepoint/contract';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { keyOf, queries, useChange } from '../../api.ts';
import { Button, Kbd } from '../../design/button.tsx';
import { Field, Input } from '../../design/field.tsx';
import { Icon } from '../../design/icon.tsx';
import { Note } from '../../design/note.tsx';
import { fieldError } from '../../problem.tsx';
import { SignInFrame } from './frame.tsx';

/** E-mail and password. Paste and password managers work; nothing tells whether an address exists. */
export function SignIn() {
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const passwordField = useRef<HTMLDivElement>(null);
  const enter = useChange(signIn, (profile) => {
    queries.clear();
    queries.setQueryData(keyOf(getProfile, {}), profile);
    router.history.push(next ?? '/');
  });
  useEffect(() => {
    document.title = 'Sign in · Cuepoint';
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate({ input: { email, password } });
  };
  const problem = enter.error?.problem;
  const byField = fieldError(enter.error, 'email') ?? fieldError(enter.error, 'password');
  return (
    <SignInFrame>
      <form onSubmit={submit}>
        <h1 className="!text-figure">Sign in</h1>
        <p className="mt-1 mb-5 text-fg-2">Console on {location.host}</p>
        <Field label="E-mail" error={fieldError(enter.error, 'email')}>
          <Input
            size="lg"
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <div ref={passwordField}>
          <Field label="Password" className="mt-3" error={fieldError(enter.error, 'password')}>
            <Input
              size="lg"
              type={shown ? 'text' : 'password'}
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              unit={
                <button
                  type="button"
                  aria-label={shown ? 'Hide the password' : 'Show the password'}
                  onClick={() => {
                    setShown((value) => !value);
                    passwordField.current?.querySelector('input')?.focus();
                  }}
                  className="grid size-6 place-items-center rounded-md text-fg-2 hover:text-fg"
                >
                  <Icon of={shown ? EyeOff : Eye} size="nav" />
                </button>
              }
            />
          </Field>
        </div>
        {enter.error && !byField && (
          <Note
            tone="block"
            live
            title={`${problem?.title ?? 'The server did not answer'}.`}
            className="mt-3"
          >
            {problem
              ? problem.code === 'rate.limited' && problem.retryAfterMs
                ? `Try again in ${Math.ceil(problem.retryAfterMs / 1000)} s.`
                : (problem.remedy ?? problem.detail)
              : 'Check that Cuepoint is running, then try again.'}
          </Note>
        )}
        <Button type="submit" look="primary" size="lg" className="mt-5 w-full" busy={enter.isPending}>
          Sign in{' '}
          <Kbd className="!border-current !text-current">
            <span aria-hidden="true">↵</span>
          </Kbd>
        </Button>
        <p className="mt-4 text-sm text-fg-3">
          No password, or forgotten? An admin makes a one-time link with{' '}
          <code className="whitespace-nowrap text-fg-2">cuepoint sign-in-link</code>
        </p>
      </form>
    </SignInFrame>
  );
}
