import { Button, Group, PasswordInput, TextInput } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { UserView } from '../../../src/api/contract.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import { useRefusal } from '../look/refusal.ts';
import { Copyable } from '../look/secret.tsx';
import { Day } from '../look/time.tsx';
import { useTakeSession } from '../session/session.ts';
import { beginOneTimeCode, changeMyPassword, confirmOneTimeCode, meKey } from './portal.ts';

const QrCode = lazy(() => import('../look/qr-code.tsx'));

/** Password and one-time code, each changed with the present password. */
export function MySignIn({ me }: { me: UserView }) {
  const [dialog, setDialog] = useState<'password' | 'code' | undefined>();
  const close = (): void => setDialog(undefined);
  return (
    <Panel title="Logging in">
      <Facts>
        <Fact name="Password">
          {me.passwordChangedAt === null ? (
            'the first one you were given'
          ) : (
            <>
              changed <Day at={me.passwordChangedAt} />
            </>
          )}
        </Fact>
        <Fact name="One-time code">{me.oneTimeCode ? 'asked beside your password' : 'not set up'}</Fact>
      </Facts>
      <Group mt="md" gap="xs">
        <Button onClick={() => setDialog('password')}>Change password…</Button>
        {me.oneTimeCode ? null : <Button onClick={() => setDialog('code')}>Set up one-time code…</Button>}
      </Group>
      {dialog === 'password' ? <PasswordDialog onClose={close} /> : null}
      {dialog === 'code' ? <CodeDialog onClose={close} /> : null}
    </Panel>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const takeSession = useTakeSession();
  const differs = again !== '' && again !== password;
  return (
    <ActionDialog
      title="Change your password"
      submit="Change password"
      disabled={differs}
      action={() => changeMyPassword(current, password)}
      fields={['current', 'password']}
      done={() => 'Your password is changed.'}
      onDone={takeSession}
      refresh={meKey}
      onClose={onClose}
    >
      <p>
        Everywhere else you are signed out, and your VPN connections end: log in there with the new password.
      </p>
      <PresentPassword value={current} onChange={setCurrent} />
      <NewPasswordField value={password} onChange={setPassword} />
      <PasswordInput
        label="New password again"
        required
        autoComplete="new-password"
        error={differs ? 'This is not the same' : undefined}
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PresentPassword({ value, onChange }: FieldProps) {
  return (
    <PasswordInput
      label="Present password"
      required
      data-autofocus
      autoComplete="current-password"
      error={useRefusal('current')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function NewPasswordField({ value, onChange }: FieldProps) {
  return (
    <PasswordInput
      label="New password"
      required
      autoComplete="new-password"
      error={useRefusal('password')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function CodeField({ value, onChange }: FieldProps) {
  return (
    <TextInput
      label="Six digits from the app"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={8}
      error={useRefusal('code')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** First the password, then the key, then a code that shows that the app has it. */
function CodeDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [key, setKey] = useState<{ readonly key: string; readonly uri: string } | undefined>();
  if (key === undefined) {
    return (
      <ActionDialog
        title="Set up a one-time code"
        submit="Go on"
        action={() => beginOneTimeCode(password)}
        fields={['current']}
        onDone={setKey}
        stay
        refresh={meKey}
        onClose={onClose}
      >
        <p>
          You need an authenticator app on your telephone. From your next login on it shows the six digits you
          are asked for.
        </p>
        <PresentPassword value={password} onChange={setPassword} />
      </ActionDialog>
    );
  }
  return (
    <ActionDialog
      title="Set up a one-time code"
      submit="Use it from now on"
      action={() => confirmOneTimeCode(code.trim())}
      fields={['code']}
      done={() => 'From your next login on you are asked for a one-time code.'}
      refresh={meKey}
      onClose={onClose}
    >
      <p>Scan this with the authenticator app, or type the key into it; then type the six digits it shows.</p>
      <Suspense fallback={null}>
        <QrCode text={key.uri} label="QR code with the key for an authenticator app" />
      </Suspense>
      <Copyable text={key.key} label="Copy the key" />
      <CodeField value={code} onChange={setCode} />
    </ActionDialog>
  );
}
