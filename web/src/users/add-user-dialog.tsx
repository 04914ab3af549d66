import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { NameField } from '../look/name-field.tsx';
import { NewPassword } from './new-password.tsx';
import { addUser, usersKey } from './users.ts';

export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <ActionDialog
      title="Add a user"
      submit="Add user"
      action={() => addUser(name.trim(), password)}
      done={() => `${name.trim()} was added.`}
      fields={['name', 'password']}
      refresh={usersKey}
      onClose={onClose}
    >
      <NameField
        description="What the person types to log in: letters, digits, . _ - @"
        value={name}
        onChange={setName}
      />
      <NewPassword
        label="Password"
        description="The person can change it in the client portal"
        value={password}
        onChange={setPassword}
      />
    </ActionDialog>
  );
}
