import { type State, StateLabel, StateMark } from '../look/state-mark.tsx';
import { Ago } from '../look/time.tsx';
import type { HeartbeatView, Observation, StatusView } from '../status/status.ts';
import styles from './pair-picture.module.css';

/** Both nodes, the address on the one that serves, and what runs between them, as this node observes it now. */
export function PairPicture({ observation: { status, heartbeat } }: { observation: Observation }) {
  if (status === undefined) return null;
  if (status.peer === null) return <LoneNode status={status} />;
  const peerRole = status.role === 'active' ? 'standby' : 'active';
  const heard = heartbeat?.peers.find((one) => one.address === status.peer?.address) ?? heartbeat?.peers[0];
  const address = status.virtualAddress?.address;
  const here = (
    <Node
      name={status.node}
      address={status.address}
      role={status.role === 'follower' ? 'standby' : status.role}
      known
      holds={status.virtualAddress?.held === true ? address : undefined}
      clients={status.role === 'active' ? clientsOf(status) : undefined}
      detail={
        <>
          {status.role} for <Ago at={status.since} bare />
          {heartbeat?.maintenance === true ? ', in maintenance' : ''}
        </>
      }
    />
  );
  const known = status.peer.connected || (heard !== undefined && heard.lastHeardMs < 5_000);
  const there = (
    <Node
      name={status.peer.name}
      address={status.peer.address}
      role={known ? peerRole : 'silent'}
      known={known}
      holds={
        status.role === 'standby' && status.virtualAddress?.held === false && known ? address : undefined
      }
      clients={undefined}
      detail={peerDetail(status.peer)}
    />
  );
  const links = <Links status={status} heartbeat={heartbeat} />;
  // The nodes keep their places when the role moves: a picture that swaps sides would have to be read anew.
  const ordered = status.node <= status.peer.name ? [here, there] : [there, here];
  return (
    <figure className={styles['figure']} aria-label="The pair">
      {ordered[0]}
      {links}
      {ordered[1]}
    </figure>
  );
}

/** As the active node knows it; a standby cannot know more than that there is a connection. */
function peerDetail(peer: NonNullable<StatusView['peer']>): string {
  if (!peer.connected) return peer.sentence;
  if (peer.ready === null) return 'connected to this node';
  return peer.ready ? 'ready to take over' : peer.readiness;
}

function clientsOf(status: StatusView): number {
  return status.openvpn.reduce((sum, one) => sum + one.clients, 0);
}

function Node(props: {
  name: string;
  address: string;
  role: 'active' | 'standby' | 'silent';
  known: boolean;
  holds: string | undefined;
  clients: number | undefined;
  detail: React.ReactNode;
}) {
  return (
    <div className={styles['node']} data-role={props.role}>
      <p className={styles['role']}>{props.role === 'silent' ? 'not heard' : props.role}</p>
      <p className={styles['name']}>{props.name}</p>
      <p className={styles['own']}>{props.address}</p>
      <p className={styles['detail']}>{props.detail}</p>
      <div className={styles['carries']}>
        {props.holds === undefined ? null : (
          <p className={styles['holds']}>
            <StateMark state="good" />
            <span>{props.holds.split('/')[0]}</span>
          </p>
        )}
        {props.clients === undefined ? null : (
          <p className={styles['clients']}>
            {props.clients} {props.clients === 1 ? 'client' : 'clients'} connected
          </p>
        )}
      </div>
    </div>
  );
}

function LoneNode({ status }: { status: StatusView }) {
  return (
    <figure className={styles['figure']} aria-label="The node">
      <Node
        name={status.node}
        address={status.address}
        role={status.role === 'follower' ? 'standby' : status.role}
        known
        holds={undefined}
        clients={clientsOf(status)}
        detail="not paired: if this machine fails, clients are without a server"
      />
    </figure>
  );
}

/** One line for every way the nodes hear each other, and one for the data. */
function Links({ status, heartbeat }: { status: StatusView; heartbeat: HeartbeatView | undefined }) {
  const peer = heartbeat?.peers.find((one) => one.address === status.peer?.address) ?? heartbeat?.peers[0];
  const limit = heartbeat?.timers.downIntervalMs ?? 3_000;
  return (
    <div className={styles['links']}>
      {heartbeat === undefined ? (
        <LinkLine name="Heartbeat" state="bad" value="does not answer on this node" />
      ) : (
        heartbeat.paths.map(({ name, open }) => {
          const lastHeardMs = peer?.paths.find((path) => path.name === name)?.lastHeardMs;
          return <LinkLine key={name} name={name} {...pathReading(status.role, open, lastHeardMs, limit)} />;
        })
      )}
      <LinkLine name="changes" {...copyReading(status)} />
    </div>
  );
}

/** In a pair only the active node speaks; the standby's silence on a path says nothing. */
function pathReading(
  role: StatusView['role'],
  open: boolean,
  lastHeardMs: number | undefined,
  limitMs: number,
): { state: State; value: string } {
  if (!open) return { state: 'bad', value: 'closed: its interface or address is missing' };
  if (role === 'active') return { state: 'good', value: 'speaking' };
  if (lastHeardMs === undefined) return { state: 'warning', value: 'nothing heard yet' };
  const value = `heard ${Math.round(lastHeardMs)} ms ago`;
  return { state: lastHeardMs <= limitMs ? 'good' : 'bad', value };
}

function copyReading(status: StatusView): { state: State; value: string } {
  const { peer, position } = status;
  const at = `position ${position.epoch}.${position.sequence}`;
  if (peer === null || !peer.connected) return { state: 'bad', value: `no connection; ${at}` };
  if (status.role === 'standby') return { state: 'good', value: `received up to ${at}` };
  if (status.protected) return { state: 'good', value: `in step at ${at}` };
  return { state: 'warning', value: `${peer.lagEntries ?? 'some'} behind ${at}` };
}

function LinkLine({ name, state, value }: { name: string; state: State; value: string }) {
  return (
    <div className={styles['link']} data-state={state}>
      <span className={styles['linkName']}>{name}</span>
      <StateLabel state={state}>{value}</StateLabel>
    </div>
  );
}
