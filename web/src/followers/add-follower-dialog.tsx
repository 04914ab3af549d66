import { Button, Group, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import dialog from '../look/action-dialog.module.css';
import { ActionDialog } from '../look/action-dialog.tsx';
import { NameField } from '../look/name-field.tsx';
import { useRefusal } from '../look/refusal.ts';
import { Copyable } from '../look/secret.tsx';
import { addFollower, type FollowerAnswer, type FollowerRequest, followersKey } from './followers.ts';

/** Lets one more in; then shows what its administrator types there. */
export function AddFollowerDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  const [scope, setScope] = useState<FollowerRequest['scope']>('accounts');
  const [host, setHost] = useState('');
  const [port, setPort] = useState('22');
  const [added, setAdded] = useState<FollowerAnswer | undefined>();
  if (added !== undefined) return <JoinDialog added={added} onClose={onClose} />;
  return (
    <ActionDialog
      title="Add a follower"
      submit="Add follower"
      size="lg"
      action={() =>
        addFollower({
          name: name.trim(),
          publicKey: key.trim(),
          scope,
          port: Number(port),
          ...(host.trim() === '' ? {} : { host: host.trim() }),
        })
      }
      done={() => `${name.trim()} may follow.`}
      fields={['name', 'publicKey']}
      refresh={followersKey}
      onDone={setAdded}
      stay
      onClose={onClose}
    >
      <NameField description="Lower-case letters, digits and hyphens" value={name} onChange={setName} />
      <KeyField value={key} onChange={setKey} />
      <NativeSelect
        label="It receives"
        value={scope}
        data={[
          { value: 'accounts', label: 'Users, credentials and certificates' },
          { value: 'certificates', label: 'Certificates and revocations alone' },
        ]}
        onChange={(event) =>
          setScope(event.currentTarget.value === 'certificates' ? 'certificates' : 'accounts')
        }
      />
      <TextInput
        label="Where it reaches this pair"
        description="Host name or address that your router forwards to the shared address; empty: the shared address itself"
        autoCapitalize="none"
        spellCheck={false}
        value={host}
        onChange={(event) => setHost(event.currentTarget.value)}
      />
      <TextInput
        label="SSH port there"
        required
        inputMode="numeric"
        value={port}
        onChange={(event) => setPort(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}

function KeyField({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  return (
    <Textarea
      label="Its public key"
      description="What `sudo tandem follower key` prints there: ssh-ed25519 AAAA…"
      required
      autosize
      minRows={2}
      spellCheck={false}
      error={useRefusal('publicKey')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function JoinDialog({ added, onClose }: { added: FollowerAnswer; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${added.name} may follow`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        <p>Now type this on {added.name}. Nothing in it is secret.</p>
        <Copyable text={`sudo tandem follower join ${added.join}`} label="Copy the command" />
        <Group justify="flex-end">
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
