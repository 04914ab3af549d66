import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Copyable } from '../look/secret.tsx';
import { addUser, usersKey } from './users.ts';

const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const suggestedLength = 16;

/** A password that nobody has to think up: 16 characters that cannot be confused with one another. */
export function suggestPassword(): string {
  const characters: string[] = [];
  // Values from the last, incomplete run of the alphabet are thrown away, so that every letter is equally likely.
  const limit = 256 - (256 % letters.length);
  while (characters.length < suggestedLength) {
    for (const value of crypto.getRandomValues(new Uint8Array(32))) {
      if (value < limit && characters.length < suggestedLength)
        characters.push(letters.charAt(value % letters.length));
    }
  }
  return characters.join('');
}

export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [suggested, setSuggested] = useState('');
  return (
    <ActionDialog
      title="Add a user"
      submit="Add user"
      action={() => addUser(name.trim(), password)}
      done={() => `${name.trim()} was added.`}
      refresh={usersKey}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What the person types to log in: letters, digits, . _ - @"
        required
        data-autofocus
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        description="The person can change it in the client portal"
        required
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
