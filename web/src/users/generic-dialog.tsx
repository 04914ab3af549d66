import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ActionDialog } from '../look/action-dialog.tsx';
import { downloadText } from '../look/download.ts';
import { sayFailed } from '../look/said.ts';
import { getGenericProfile, revokeGenericProfile, usersKey } from './users.ts';

/** The one profile with which every user may log in: given out, or ended for all. */
export function GenericDialog({ onClose }: { onClose: () => void }) {
  const download = useMutation({
    mutationFn: getGenericProfile,
    onSuccess: ({ profile }) => downloadText('generic.ovpn', profile, 'application/x-openvpn-profile'),
    onError: sayFailed,
  });
  return (
    <ActionDialog
      title="Generic profile"
      submit="Revoke for everybody"
      grave
      action={revokeGenericProfile}
      done={() => 'The generic profile is revoked; nobody gets in with it any more.'}
      refresh={usersKey}
      onClose={onClose}
    >
      <p>
        One file for everybody: who somebody is, the login decides. Each user is in with one device at a time,
        and a one-time code is typed behind the password.
      </p>
      <Button onClick={() => download.mutate()} loading={download.isPending}>
        Download
      </Button>
      <p>Revoked, it ends for all who have it, at once; the next download is another one.</p>
    </ActionDialog>
  );
}
