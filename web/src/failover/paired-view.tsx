import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { Fact, Facts, Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { useStatus } from '../status/status.ts';
import { ChangeDialog } from './change-dialog.tsx';
import type { FailoverView } from './failover.ts';
import { KeyDialog } from './key-dialog.tsx';
import { changesBetween, draftOf, type PairDraft } from './pair-draft.ts';
import { PathsPanel } from './paths-panel.tsx';
import { protocols } from './protocols.ts';
import { RolePanel } from './role-panel.tsx';
import { SharedAddress } from './shared-address.tsx';
import { TimingChoice } from './timing-choice.tsx';
import { UnpairDialog } from './unpair-dialog.tsx';

/** The settings of a pair: changed on both nodes or on neither; and its end. */
export function PairedView({ view }: { view: FailoverView }) {
  const readOnly = useReadOnly();
  const { status } = useStatus();
  const [typed, setTyped] = useState<Partial<PairDraft>>({});
  const [dialog, setDialog] = useState<'change' | 'key' | 'unpair' | undefined>();
  const draft = { ...draftOf(view), ...typed };
  const change = (part: Partial<PairDraft>): void => setTyped((before) => ({ ...before, ...part }));
  const changes = changesBetween(view, draft);
  const names = view.nodes.map(({ name }) => name);
  const [primary] = names;
  const endsHere = primary === view.own.name;
  const peerGone = !endsHere && status?.peer?.connected === false;
  const close = (): void => setDialog(undefined);
  return (
    <>
      <Now view={view} />
      <fieldset className={styles['fields']} disabled={readOnly}>
        <SharedAddress view={view} wish={draft} onChange={change} />
        <TimingChoice
          presets={view.presets}
          now={view.timing}
          chosen={draft}
          wholeSeconds={view.protocol !== 'vrrp3'}
          onChoose={change}
        />
        <PathsPanel names={names} tuning={draft} onChange={change} />
        <RolePanel favoured={draft.favoured} tuning={draft} onChange={change}>
          <Select
            label="Comes first"
            description="Of two nodes that claim at the same moment it serves"
            data={names}
            value={draft.favoured}
            onChange={(favoured) => {
              if (favoured !== null) change({ favoured });
            }}
          />
        </RolePanel>
        <Panel
          title="Heartbeat key"
          about="By it the nodes believe each other. It was made with the pair and never leaves the two."
        >
          <Button onClick={() => setDialog('key')}>Change the key…</Button>
        </Panel>
        <Panel
          title="End the pair"
          about="Both nodes forget each other. The primary node serves alone; the other waits to be paired again."
        >
          <div className={styles['stack']}>
            {endsHere ? null : (
              <p className={styles['hint']}>
                {peerGone
                  ? `${primary}, which was set up as the primary node, is not connected. When it will not come back, the pair is ended here, and ${view.own.name} takes its place.`
                  : `It is ended on ${primary}, which was set up as the primary node: ended here, it would leave nobody to serve. Switch over to ${primary} first (Overview).`}
              </p>
            )}
            <Button w="fit-content" disabled={!endsHere && !peerGone} onClick={() => setDialog('unpair')}>
              {peerGone ? `End the pair without ${primary}…` : 'End the pair…'}
            </Button>
          </div>
        </Panel>
      </fieldset>
      {Object.keys(changes).length === 0 ? null : (
        <div className={styles['bar']}>
          <p>Not in force yet</p>
          <Group gap="xs">
            <Button onClick={() => setTyped({})}>Take back</Button>
            <Button variant="filled" onClick={() => setDialog('change')}>
              Review and change…
            </Button>
          </Group>
        </div>
      )}
      {dialog === 'change' ? (
        <ChangeDialog changes={changes} view={view} onDone={() => setTyped({})} onClose={close} />
      ) : null}
      {dialog === 'key' ? <KeyDialog onClose={close} /> : null}
      {dialog === 'unpair' ? <UnpairDialog view={view} peerGone={peerGone} onClose={close} /> : null}
    </>
  );
}

/** What is in force, as it is observed. */
function Now({ view }: { view: FailoverView }) {
  const { heartbeat } = useStatus();
  return (
    <Panel title="In force">
      <Facts>
        <Fact name="Redundancy model">LAN model (UCARP/VRRP-based failover)</Fact>
        <Fact name="Shared virtual address">
          {[view.virtualAddress, view.address6].filter((one) => one !== null).join(' and ')}
        </Fact>
        {view.nodes.map((node) => (
          <Fact key={node.name} name={node.name}>
            {node.address} on {node.interface}, SSH port {node.sshPort}
          </Fact>
        ))}
        {heartbeat === undefined ? null : (
          <>
            <Fact name="Protocol">
              {protocols[view.protocol].title}
              {view.virtualMac ? ' with the virtual MAC' : ''}, VHID {heartbeat.vhid}, a heartbeat every{' '}
              {heartbeat.timers.advertisementIntervalMs} ms
            </Fact>
            <Fact name="Heartbeat paths">{heartbeat.paths.map(({ name }) => name).join(', ')}</Fact>
            <Fact name="Watched gateway">
              {heartbeat.gateway === null
                ? 'none'
                : `${heartbeat.gateway.address}: ${heartbeat.gateway.state}`}
            </Fact>
          </>
        )}
      </Facts>
    </Panel>
  );
}
