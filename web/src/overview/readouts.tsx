import type { ReactNode } from 'react';
import { type State, StateMark } from '../look/state-mark.tsx';
import { Ago } from '../look/time.tsx';
import type { Observation, StatusView } from '../status/status.ts';
import styles from './readouts.module.css';

/** The three answers one comes for at night: who serves, where the address is, whether the data is safe. */
export function Readouts({ observation: { status } }: { observation: Observation }) {
  if (status === undefined) return null;
  return (
    <div className={styles['row']}>
      <Readout name="Role" state="neutral" value={<RoleValue status={status} />}>
        for <Ago at={status.since} bare />
      </Readout>
      <AddressReadout status={status} />
      <ProtectionReadout status={status} />
    </div>
  );
}

function RoleValue({ status }: { status: StatusView }) {
  return (
    <>
      {status.node} is {status.role}
    </>
  );
}

function AddressReadout({ status }: { status: StatusView }) {
  const { virtualAddress, role, peer } = status;
  if (virtualAddress === null) {
    return (
      <Readout name="Shared address" state="warning" value="None yet">
        clients reach {status.address}
      </Readout>
    );
  }
  const held = role === 'active' ? virtualAddress.held : !virtualAddress.held;
  return (
    <Readout name="Shared address" state={held ? 'good' : 'bad'} value={bare(virtualAddress.address)} mono>
      {role === 'active'
        ? virtualAddress.held
          ? `held by ${status.node}`
          : `NOT held by ${status.node}`
        : virtualAddress.held
          ? `held here although ${status.node} is standby`
          : `not here; ${peer?.name ?? 'the other node'} should hold it`}
    </Readout>
  );
}

function ProtectionReadout({ status }: { status: StatusView }) {
  const { peer, role } = status;
  if (peer === null) {
    return (
      <Readout name="Protection" state="warning" value="One node only">
        there is no second node
      </Readout>
    );
  }
  if (role === 'standby') {
    return (
      <Readout
        name="Protection"
        state={peer.connected ? 'good' : 'bad'}
        value={peer.connected ? 'Copy follows' : 'Copy is cut off'}
      >
        {peer.connected ? `receives every change of ${peer.name}` : peer.sentence}
      </Readout>
    );
  }
  const unready = status.protected && peer.ready === false;
  return (
    <Readout
      name="Protection"
      state={unready ? 'warning' : status.protected ? 'good' : 'bad'}
      value={status.protected ? 'Protected' : 'Not protected'}
    >
      {unready ? peer.readiness : status.protected ? `every change is on ${peer.name} too` : peer.sentence}
    </Readout>
  );
}

function Readout(props: {
  name: string;
  state: State;
  value: ReactNode;
  mono?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={styles['readout']} data-state={props.state}>
      <h2 className={styles['name']}>{props.name}</h2>
      <p className={styles['value']}>
        {props.state === 'neutral' ? null : <StateMark state={props.state} size={24} />}
        <span className={props.mono === true ? styles['mono'] : undefined}>{props.value}</span>
      </p>
      <p className={styles['more']}>{props.children}</p>
    </section>
  );
}

function bare(address: string): string {
  return address.split('/')[0] ?? address;
}
