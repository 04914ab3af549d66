import { Button } from '@mantine/core';
import { useState } from 'react';
import { Notice } from '../look/notice.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { useStatus } from '../status/status.ts';
import type { FailoverView } from './failover.ts';
import { millisecondsText } from './milliseconds.ts';
import { UnpairDialog } from './unpair-dialog.tsx';

/** The settings of a pair, and its end. */
export function PairedView({ view }: { view: FailoverView }) {
  const { timing } = view;
  const { heartbeat, status } = useStatus();
  const readOnly = useReadOnly();
  const [ending, setEnding] = useState(false);
  return (
    <>
      <Panel title="Shared address">
        <Facts>
          <Fact name="Redundancy model">LAN model (UCARP/VRRP-based failover)</Fact>
          <Fact name="Shared virtual address">{view.virtualAddress}</Fact>
          <Fact name="VHID">{view.vhid}</Fact>
          {heartbeat === undefined ? null : (
            <>
              <Fact name="Protocol">{heartbeat.protocol.toUpperCase()}</Fact>
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
      {timing === null ? null : (
        <Panel title="Timing">
          <Facts>
            <Fact name="A heartbeat every">{millisecondsText(timing.advertisementIntervalMs)}</Fact>
            <Fact name="A failure is noticed within">{millisecondsText(timing.detectionMs)}</Fact>
            <Fact name="A client is away for about">{millisecondsText(timing.clientOutageMs)}</Fact>
            <Fact name="Address lease">
              {timing.leaseSeconds} s: a node whose heartbeat stops loses the address
            </Fact>
          </Facts>
        </Panel>
      )}
      {view.nodes.map((node) => (
        <Panel key={node.address} title={node.name}>
          <Facts>
            <Fact name="Own address">
              {node.address} on {node.interface}
            </Fact>
            <Fact name="SSH port">{node.sshPort}</Fact>
          </Facts>
        </Panel>
      ))}
      <Panel
        title="End the pair"
        about="Both nodes forget each other. The primary node serves alone; the other waits to be paired again."
      >
        <Button color="bad" disabled={readOnly} onClick={() => setEnding(true)}>
          End the pair…
        </Button>
      </Panel>
      {status?.protected === false && status.role === 'active' ? (
        <Notice state="warning" title="The other node does not have every change at this moment." />
      ) : null}
      {ending ? <UnpairDialog view={view} onClose={() => setEnding(false)} /> : null}
    </>
  );
}
