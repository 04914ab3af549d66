import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { NewPassword } from './new-password.tsx';
import { setPassword as send, usersKey } from './users.ts';

export function PasswordDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const [password, setPassword] = useState('');
  return (
    <ActionDialog
      title={`Set the password of ${user}`}
      submit="Set password"
      action={() => send(user, password)}
      done={() => `${user} has a new password.`}
      fields={['password']}
      refresh={usersKey}
      onClose={onClose}
    >
      <p>
        Every session of {user} ends: VPN connections and pages alike. The person logs in with the new
        password. Profiles stay valid.
      </p>
      <NewPassword label="New password" autoFocus value={password} onChange={setPassword} />
    </ActionDialog>
  );
}
