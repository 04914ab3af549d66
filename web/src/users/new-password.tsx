import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useRefusal } from '../look/refusal.ts';
import { Copyable } from '../look/secret.tsx';

const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const suggestedLength = 16;

/** A password that nobody has to think up: 16 characters that cannot be confused with one another. */
function suggestPassword(): string {
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

/** The field for a password that is to count from now on, with one suggested and shown to be copied on demand. */
export function NewPassword(parts: {
  label: string;
  description?: string;
  autoFocus?: true;
  value: string;
  onChange: (password: string) => void;
}) {
  const { label, description, autoFocus, value, onChange } = parts;
  const refusal = useRefusal('password');
  const [suggested, setSuggested] = useState('');
  return (
    <>
      <PasswordInput
        label={label}
        description={description}
        required
        data-autofocus={autoFocus}
        autoComplete="new-password"
        error={refusal}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          setSuggested('');
        }}
      />
      {suggested === '' ? (
        <Button
          size="xs"
          onClick={() => {
            const fresh = suggestPassword();
            onChange(fresh);
            setSuggested(fresh);
          }}
        >
          Suggest a password
        </Button>
      ) : (
        <Copyable text={suggested} label="Copy the password" />
      )}
    </>
  );
}
