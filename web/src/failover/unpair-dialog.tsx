import { ApiError } from '../api/request.ts';
import { ActionDialog } from '../look/action-dialog.tsx';
import { wayTo } from '../session/elsewhere.ts';
import { useStatus } from '../status/status.ts';
import { type FailoverView, failoverKey, unpair } from './failover.ts';

interface UnpairDialogProps {
  readonly view: FailoverView;
  /** On the failover node: the primary will not come back. */
  readonly peerGone: boolean;
  readonly onClose: () => void;
}

/** Ends the pair; a browser at the shared address, which goes, is taken along to the node's own. */
export function UnpairDialog({ view, peerGone, onClose }: UnpairDialogProps) {
  const { status } = useStatus();
  const shared = view.virtualAddress?.split('/')[0];
  const { own } = view;
  const peer = view.nodes.find(({ address }) => address !== own.address)?.name ?? 'the other node';
  const clients = status?.openvpn.reduce((sum, one) => sum + one.clients, 0) ?? 0;
  const end = async (): Promise<string> => {
    const place = location.hostname === shared ? await wayTo(own.address) : undefined;
    const { peerTold } = await unpair(peerGone).catch((error: unknown) => {
      // The answer may have gone with the address; a refusal is something else.
      if (place !== undefined && error instanceof ApiError && error.status === 0) return { peerTold: true };
      throw error;
    });
    if (place !== undefined) location.assign(place);
    return peerTold
      ? `The pair is ended; ${peer} waits to be paired again.`
      : `The pair is ended here. ${peer} could not be told: set it up anew with tandem init.`;
  };
  return (
    <ActionDialog
      title="End the pair"
      submit="End the pair"
      grave
      size="lg"
      action={end}
      done={(words) => words}
      refresh={failoverKey}
      onClose={onClose}
    >
      <ul>
        <li>
          Nobody has {shared} any more: what is forwarded there, and every profile that names it, leads
          nowhere until you change it to {own.address}.
        </li>
        <li>
          {clients === 0
            ? 'Nobody is connected to the VPN now.'
            : `${clients === 1 ? 'One connected client is' : `${clients} connected clients are`} interrupted.`}
        </li>
        <li>
          {own.name} keeps all users, certificates and settings, and serves alone: if it fails, clients are
          without a server.
        </li>
        {peerGone ? (
          <li>
            {own.name} is the primary node from now on. Should {peer} start again, it does not know of this
            and takes {shared} for itself: leave it off until it is set up anew with tandem init.
          </li>
        ) : (
          <li>{peer} forgets its keys and lets nobody in over the link any more.</li>
        )}
        {location.hostname === shared ? <li>This page goes on at {own.address}, still signed in.</li> : null}
      </ul>
    </ActionDialog>
  );
}
