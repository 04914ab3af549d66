import { Button, Group, Table, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { UserView } from '../../../src/api/contract.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { downloadText } from '../look/download.ts';
import { Problem } from '../look/notice.tsx';
import { Panel } from '../look/page.tsx';
import { ProfileLink } from '../look/profile-link.tsx';
import { Day } from '../look/time.tsx';
import styles from './portal.module.css';
import { getMyProfile, linkToMyProfile, meKey, revokeMyProfile } from './portal.ts';

/** Where the programs are got from, by their makers. */
const programs = [
  ['Windows', 'https://openvpn.net/client/client-connect-vpn-for-windows/'],
  ['macOS', 'https://openvpn.net/client-connect-vpn-for-mac-os/'],
  ['Android', 'https://play.google.com/store/apps/details?id=net.openvpn.openvpn'],
  ['iPhone and iPad', 'https://apps.apple.com/app/openvpn-connect/id590379981'],
  ['Linux', 'https://community.openvpn.net/openvpn/wiki/OpenvpnSoftwareRepos'],
] as const;

export function Connect({ me }: { me: UserView }) {
  const [name, setName] = useState('');
  const client = useQueryClient();
  const onSettled = (): Promise<void> => client.invalidateQueries({ queryKey: meKey });
  const download = useMutation({
    mutationFn: getMyProfile,
    onSuccess: ({ profile, commonName }) =>
      downloadText(`${commonName}.ovpn`, profile, 'application/x-openvpn-profile'),
    onSettled,
  });
  const link = useMutation({ mutationFn: linkToMyProfile, onSettled });
  const device = name.trim();
  return (
    <Panel title="Connect a device">
      <ol className={styles['steps']}>
        <li>
          <p className={styles['step']}>Install OpenVPN on the device</p>
          <p>
            {programs.map(([system, url], index) => (
              <span key={system}>
                {index === 0 ? '' : ' · '}
                <a href={url} rel="noreferrer noopener" target="_blank">
                  {system}
                </a>
              </span>
            ))}
          </p>
        </li>
        <li>
          <p className={styles['step']}>Get the profile of the device</p>
          <form
            className={styles['device']}
            onSubmit={(event) => {
              event.preventDefault();
              download.mutate(device);
            }}
          >
            <TextInput
              label="Name of the device"
              description="For example laptop or phone; each device has its own"
              required
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Group gap="xs">
              <Button type="submit" variant="filled" disabled={device === ''} loading={download.isPending}>
                Download to this device
              </Button>
              <Button disabled={device === ''} loading={link.isPending} onClick={() => link.mutate(device)}>
                Link for another device
              </Button>
            </Group>
          </form>
          <Problem error={download.error ?? link.error} />
          {link.data === undefined ? null : <ProfileLink url={link.data.url} until={link.data.expiresAt} />}
        </li>
        <li>
          <p className={styles['step']}>Open the file with OpenVPN and log in</p>
          <p>
            Your name is <strong>{me.name}</strong>; the password is that of this page
            {me.oneTimeCode ? ', and a one-time code is asked' : ''}.
          </p>
        </li>
      </ol>
      {me.profiles.length === 0 ? null : <Devices me={me} onDownload={(one) => download.mutate(one)} />}
    </Panel>
  );
}

function Devices({ me, onDownload }: { me: UserView; onDownload: (name: string) => void }) {
  const [revoked, setRevoked] = useState<string | undefined>();
  return (
    <>
      <h3 className={styles['subtitle']}>Your devices</h3>
      <Table horizontalSpacing={0}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Device</Table.Th>
            <Table.Th className={styles['wide'] ?? ''}>VPN address</Table.Th>
            <Table.Th className={styles['wide'] ?? ''}>Valid until</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {me.profiles.map((profile) => (
            <Table.Tr key={profile.name}>
              <Table.Td>{profile.name}</Table.Td>
              <Table.Td className={styles['wide'] ?? ''}>{profile.vpnAddress ?? ''}</Table.Td>
              <Table.Td className={styles['wide'] ?? ''}>
                <Day at={profile.certificateExpiresAt} />
              </Table.Td>
              <Table.Td>
                <Group gap="xs" justify="flex-end">
                  <Button
                    size="xs"
                    aria-label={`Download ${profile.name}`}
                    onClick={() => onDownload(profile.name)}
                  >
                    Download
                  </Button>
                  <Button
                    size="xs"
                    aria-label={`Remove ${profile.name}`}
                    onClick={() => setRevoked(profile.name)}
                  >
                    Remove…
                  </Button>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {revoked === undefined ? null : (
        <ActionDialog
          title={`Remove ${revoked}`}
          submit="Remove for good"
          grave
          action={() => revokeMyProfile(revoked)}
          done={() => `${revoked} cannot connect any more.`}
          refresh={meKey}
          onClose={() => setRevoked(undefined)}
        >
          <p>
            If {revoked} is connected, the connection ends at once, and the profile never works again. Do this
            when the device is lost.
          </p>
        </ActionDialog>
      )}
    </>
  );
}
