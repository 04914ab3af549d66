import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import dialog from '../look/action-dialog.module.css';
import { Notice, Problem } from '../look/notice.tsx';
import { wayTo } from '../session/elsewhere.ts';
import { commit, type FailoverRequest, type FailoverView, failoverKey, useMaking } from './failover.ts';
import { MakingSteps } from './making-steps.tsx';

interface CommitDialogProps {
  readonly request: FailoverRequest;
  readonly view: FailoverView;
  readonly onClose: () => void;
}

/** Says what happens, makes the pair, and takes the browser along to the shared address. */
export function CommitDialog({ request, view, onClose }: CommitDialogProps) {
  const client = useQueryClient();
  const { own } = view;
  const shared = request.virtualAddress.split('/')[0] ?? request.virtualAddress;
  const make = useMutation({
    mutationFn: async () => {
      const answer = await commit(request);
      // A browser that came by another way, such as a tunnel, is not left behind: it stays where it is.
      const place = location.hostname === own.address ? await wayTo(shared) : undefined;
      return { answer, place };
    },
    onSuccess: ({ place }) => {
      if (place !== undefined) location.assign(place);
    },
    onError: () => client.invalidateQueries({ queryKey: failoverKey, exact: true }),
  });
  const making = useMaking(make.isPending);
  const { data, isPending } = make;
  const close = (): void => {
    if (isPending) return;
    if (data !== undefined) void client.invalidateQueries({ queryKey: failoverKey, exact: true });
    onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={!isPending}
      title="Commit and Restart"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={dialog['body']}>
        {isPending || data !== undefined ? (
          <>
            <p>
              {data === undefined
                ? 'Setting up both nodes. Either both have it in the end, or neither.'
                : `${own.name} and ${data.answer.peer} are a pair.`}
            </p>
            {making.data === undefined ? null : <MakingSteps steps={making.data.steps} />}
          </>
        ) : (
          <Consequences peer={request.peer.address} own={own.name} shared={shared} />
        )}
        <Problem error={make.error} />
        {data === undefined ? null : (
          <Notice
            state={data.answer.protected ? 'good' : 'warning'}
            title={
              data.answer.protected
                ? 'The pair is set up and protected.'
                : 'The pair is set up; the first copy is still on its way.'
            }
            announce
          >
            {data.place === undefined ? (
              `Clients and these pages reach it at ${shared}.`
            ) : (
              <>
                Going on at <a href={data.place}>{shared}</a>…
              </>
            )}
          </Notice>
        )}
        <Group justify="flex-end">
          {data === undefined ? (
            <>
              <Button disabled={isPending} onClick={close}>
                Cancel
              </Button>
              <Button variant="filled" loading={isPending} onClick={() => make.mutate()}>
                Commit and Restart
              </Button>
            </>
          ) : (
            <Button variant="filled" onClick={close}>
              Close
            </Button>
          )}
        </Group>
      </div>
    </Modal>
  );
}

function Consequences({ peer, own, shared }: { peer: string; own: string; shared: string }) {
  return (
    <ul>
      <li>
        {peer} becomes the standby of {own} and gets a copy of all data, now and with every change.
      </li>
      <li>
        OpenVPN moves to {shared}: whoever is connected is interrupted for some seconds. Your router has to
        forward its ports there.
      </li>
      <li>
        This page goes on at {shared} by itself, and you stay signed in. Your browser may ask once whether it
        should trust the node’s certificate there too.
      </li>
      <li>If something fails on the way, both nodes are as before.</li>
    </ul>
  );
}
