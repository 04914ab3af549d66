import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { Problem } from '../look/notice.tsx';
import { useSignIn } from './session.ts';
import styles from './sign-in-page.module.css';

/** Asks for user and password, and for the one-time code only when the node wants one. */
export function SignInPage() {
  const signIn = useSignIn();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const wanted = signIn.error instanceof ApiError && signIn.error.code.includes('code');
  const [askCode, setAskCode] = useState(false);
  const codeField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Tandem';
  }, []);
  useEffect(() => {
    if (!wanted) return;
    setAskCode(true);
    setCode('');
    codeField.current?.focus();
  }, [wanted]);

  return (
    <main className={styles['page']}>
      <form
        className={styles['card']}
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate({
            user: user.trim(),
            password,
            ...(askCode && code !== '' ? { code: code.trim() } : {}),
          });
        }}
      >
        <div>
          <h1 className={styles['title']}>Sign in</h1>
          <p className={styles['about']}>Tandem on {location.hostname}</p>
        </div>
        <Problem error={signIn.error} />
        <TextInput
          label="User"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {askCode ? (
          <TextInput
            ref={codeField}
            label="One-time code"
            description="Six digits from your authenticator app"
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={8}
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        ) : null}
        <Button type="submit" variant="filled" loading={signIn.isPending} fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  );
}
