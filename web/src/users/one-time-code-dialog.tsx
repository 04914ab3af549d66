import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { OneTimeKeyAnswer } from '../../../src/api/contract.ts';
import dialog from '../look/action-dialog.module.css';
import { Problem } from '../look/notice.tsx';
import { Copyable } from '../look/secret.tsx';
import { makeOneTimeKey, type UserView, usersKey } from './users.ts';

const QrCode = lazy(() => import('../look/qr-code.tsx'));

/** The key of the one-time codes, for the person's authenticator app. It is made or shown only when asked for. */
export function OneTimeCodeDialog({ user, onClose }: { user: UserView; onClose: () => void }) {
  const client = useQueryClient();
  const key = useMutation({
    mutationFn: (renew: boolean) => makeOneTimeKey(user.name, renew),
    onSettled: () => client.invalidateQueries({ queryKey: usersKey }),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`One-time code of ${user.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        {key.data === undefined ? (
          <>
            <p>
              {user.oneTimeCode
                ? 'The key can be shown again for a new device. Renewing makes a new one: the app on the old device is of no use any more, and the next login needs a code of the new key.'
                : 'From the next login on a code from an authenticator app is asked beside the password. Who is connected stays connected.'}
            </p>
            <Problem error={key.error} />
            <Group justify="flex-end">
              <Button onClick={onClose}>Cancel</Button>
              {user.oneTimeCode ? (
                <Button loading={key.isPending} onClick={() => key.mutate(true)}>
                  Renew
                </Button>
              ) : null}
              <Button variant="filled" loading={key.isPending} onClick={() => key.mutate(false)}>
                {user.oneTimeCode ? 'Show' : 'Set up'}
              </Button>
            </Group>
          </>
        ) : (
          <OneTimeKey answer={key.data} onClose={onClose} />
        )}
      </div>
    </Modal>
  );
}

function OneTimeKey({ answer, onClose }: { answer: OneTimeKeyAnswer; onClose: () => void }) {
  return (
    <>
      <p>
        Scan this with the authenticator app, or type the key. Whoever has it can make the codes: show it to
        nobody else.
      </p>
      <Suspense fallback={null}>
        <QrCode text={answer.uri} label="QR code with the key for an authenticator app" />
      </Suspense>
      <Copyable text={answer.key} label="Copy the key" />
      <Group justify="flex-end">
        <Button variant="filled" onClick={onClose}>
          Done
        </Button>
      </Group>
    </>
  );
}
