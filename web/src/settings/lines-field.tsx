import { Textarea } from '@mantine/core';
import { useState } from 'react';

interface LinesFieldProps {
  readonly label: string;
  readonly description: string;
  readonly error?: string | undefined;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** A list of short texts, one a line. What is typed stays as it is until the list changes from elsewhere. */
export function LinesField({ label, description, error, value, onChange }: LinesFieldProps) {
  const [typed, setTyped] = useState(value.join('\n'));
  const shown = linesOf(typed).join('\n') === value.join('\n') ? typed : value.join('\n');
  return (
    <Textarea
      label={label}
      description={description}
      error={error}
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      autoCapitalize="none"
      value={shown}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(linesOf(event.currentTarget.value));
      }}
    />
  );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
