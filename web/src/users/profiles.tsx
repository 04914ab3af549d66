import { Button, Group, Modal, Radio, Table } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { downloadText } from '../look/download.ts';
import { NameField } from '../look/name-field.tsx';
import { Problem } from '../look/notice.tsx';
import { Empty, Panel } from '../look/page.tsx';
import { ProfileLink } from '../look/profile-link.tsx';
import { sayFailed } from '../look/said.ts';
import { Day } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { getProfile, linkToProfile, revokeProfile, type UserView, usersKey } from './users.ts';
import styles from './users-page.module.css';

/** The devices of a user: each has a profile with a certificate and a VPN address of its own. */
export function Profiles({ user }: { user: UserView }) {
  const [dialog, setDialog] = useState<
    'add' | { readonly revoke: string } | { readonly link: string } | undefined
  >();
  const readOnly = useReadOnly();
  const download = useMutation({
    mutationFn: (name: string) => getProfile(user.name, name),
    onSuccess: ({ profile, commonName }) =>
      downloadText(`${commonName}.ovpn`, profile, 'application/x-openvpn-profile'),
    onError: sayFailed,
  });
  return (
    <Panel
      title="Devices"
      about="A profile holds a private key: give it to its owner only, over a way you trust."
      actions={readOnly ? undefined : <Button onClick={() => setDialog('add')}>New profile…</Button>}
      flush
    >
      {user.profiles.length === 0 ? (
        <Empty title="No profile yet">
          With a profile a device can connect; the first one is made here or by the person in the client
          portal.
        </Empty>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Profile</Table.Th>
              <Table.Th>VPN address</Table.Th>
              <Table.Th className={styles['wide'] ?? ''}>Certificate until</Table.Th>
              {readOnly ? null : <Table.Th aria-label="Actions" />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {user.profiles.map((profile) => (
              <Table.Tr key={profile.name}>
                <Table.Td>
                  {profile.name}
                  {profile.kind === 'auto-login' ? ', without a password' : ''}
                </Table.Td>
                <Table.Td>{profile.vpnAddress ?? 'with the next profile'}</Table.Td>
                <Table.Td className={styles['wide'] ?? ''}>
                  <Day at={profile.certificateExpiresAt} />
                </Table.Td>
                {readOnly ? null : (
                  <Table.Td>
                    <Group gap="xs" justify="flex-end">
                      <Button
                        size="xs"
                        loading={download.isPending}
                        onClick={() => download.mutate(profile.name)}
                        aria-label={`Download ${profile.name}`}
                      >
                        Download
                      </Button>
                      <Button
                        size="xs"
                        onClick={() => setDialog({ link: profile.name })}
                        aria-label={`Link and QR code for ${profile.name}`}
                      >
                        Link…
                      </Button>
                      <Button
                        size="xs"
                        onClick={() => setDialog({ revoke: profile.name })}
                        aria-label={`Revoke ${profile.name}`}
                      >
                        Revoke…
                      </Button>
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {dialog === 'add' ? <NewProfileDialog user={user} onClose={() => setDialog(undefined)} /> : null}
      {typeof dialog === 'object' && 'link' in dialog ? (
        <LinkDialog user={user.name} profile={dialog.link} onClose={() => setDialog(undefined)} />
      ) : null}
      {typeof dialog === 'object' && 'revoke' in dialog ? (
        <ActionDialog
          title={`Revoke ${dialog.revoke} of ${user.name}`}
          submit="Revoke for good"
          grave
          action={() => revokeProfile(user.name, dialog.revoke)}
          done={() => `${dialog.revoke} of ${user.name} is revoked.`}
          refresh={usersKey}
          onClose={() => setDialog(undefined)}
        >
          <p>
            A device that uses this profile is disconnected at once and never gets in again with it. Other
            profiles of {user.name} stay.
          </p>
        </ActionDialog>
      ) : null}
    </Panel>
  );
}

function NewProfileDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const [name, setName] = useState(user.profiles.length === 0 ? 'default' : '');
  const [kind, setKind] = useState<'user-locked' | 'auto-login'>('user-locked');
  return (
    <ActionDialog
      title={`New profile for ${user.name}`}
      submit="Make and download"
      action={() => getProfile(user.name, name.trim(), kind)}
      done={({ vpnAddress }) => `The profile was made; its VPN address is ${vpnAddress}.`}
      onDone={({ profile, commonName }) =>
        downloadText(`${commonName}.ovpn`, profile, 'application/x-openvpn-profile')
      }
      fields={['name']}
      refresh={usersKey}
      onClose={onClose}
    >
      <NameField
        label="Name of the device"
        description="For example laptop or phone"
        value={name}
        onChange={setName}
      />
      {user.autoLogin ? (
        <Radio.Group
          label="What lets the device in"
          value={kind}
          onChange={(value) => setKind(value === 'auto-login' ? 'auto-login' : 'user-locked')}
        >
          <Group mt="xs">
            <Radio value="user-locked" label="The profile and the user's password" />
            <Radio value="auto-login" label="The profile alone (for machines)" />
          </Group>
        </Radio.Group>
      ) : null}
    </ActionDialog>
  );
}

function LinkDialog({ user, profile, onClose }: { user: string; profile: string; onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: ['profile-link', user, profile],
    queryFn: () => linkToProfile(user, profile),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${profile} of ${user}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Problem error={error} />
      {data === undefined ? null : <ProfileLink url={data.url} until={data.expiresAt} />}
    </Modal>
  );
}
