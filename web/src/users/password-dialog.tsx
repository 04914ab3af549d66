import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Copyable } from '../look/secret.tsx';
import { suggestPassword } from './add-user-dialog.tsx';
import { setPassword as send, usersKey } from './users.ts';

export function PasswordDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [suggested, setSuggested] = useState('');
  return (
    <ActionDialog
      title={`Set the password of ${user}`}
      submit="Set password"
      action={() => send(user, password)}
      done={() => `${user} has a new password.`}
      refresh={usersKey}
      onClose={onClose}
    >
      <p>
        Every session of {user} ends: VPN connections and pages alike. The person logs in with the new
        password. Profiles stay valid.
      </p>
      <PasswordInput
        label="New password"
        required
        data-autofocus
        autoComplete="new-password"
        value={password}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
          setSuggested('');
        }}
      />
      {suggested === '' ? (
        <Button
          size="xs"
          onClick={() => {
            const fresh = suggestPassword();
            setPassword(fresh);
            setSuggested(fresh);
          }}
        >
          Suggest a password
        </Button>
      ) : (
        <Copyable text={suggested} label="Copy the password" />
      )}
    </ActionDialog>
  );
}
