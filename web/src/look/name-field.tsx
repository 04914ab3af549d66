import { TextInput } from '@mantine/core';
import { useRefusal } from './refusal.ts';

/** How something new is to be called. What the node says against the name stands beside it. */
export function NameField(props: {
  readonly label?: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
}) {
  const error = useRefusal('name');
  return (
    <TextInput
      label={props.label ?? 'Name'}
      description={props.description}
      required
      data-autofocus
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      error={error}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
