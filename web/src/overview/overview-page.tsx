import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Notice } from '../look/notice.tsx';
import { Page, Panel } from '../look/page.tsx';
import { useSession } from '../session/session.ts';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { type HeartbeatView, useHistory, useOverview, useStatus } from '../status/status.ts';
import { ClaimDialog } from './claim-dialog.tsx';
import { MaintenanceDialog } from './maintenance-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { PairPicture } from './pair-picture.tsx';
import { Readouts } from './readouts.tsx';
import { Takeovers } from './takeovers.tsx';

const ClientsChart = lazy(() => import('./clients-chart.tsx'));

/** The pair at a glance: role, address and protection first, then the picture, then what happened. */
export function OverviewPage() {
  const observation = useStatus();
  const { status, heartbeat, silent } = observation;
  const overview = useOverview();
  const history = useHistory();
  const readOnly = useReadOnly();
  const administrator = useSession()?.role === 'administrator';
  const [dialog, setDialog] = useState<'switchover' | 'maintenance' | 'claim' | undefined>();
  if (status === undefined) return <Page title="Overview">{null}</Page>;
  const warnings = [...new Set([...status.warnings, ...(heartbeat?.warnings ?? [])])];
  const maintenance = heartbeat?.maintenance === true;
  const canMove = !readOnly && administrator && status.role === 'active' && status.peer !== null;
  const canRest = administrator && !silent && status.peer !== null && heartbeat !== undefined;
  // Nobody serves, and this node waits to be told: it takes over only with a copy that has every change.
  const canClaim =
    canRest && status.role === 'standby' && heartbeat?.standing === 'follow' && !heard(heartbeat);
  return (
    <Page
      title="Overview"
      about={status.sentence}
      actions={
        <>
          {canRest ? (
            <Button onClick={() => setDialog('maintenance')}>
              {maintenance ? 'End maintenance…' : 'Maintenance…'}
            </Button>
          ) : null}
          {canClaim ? (
            <Button variant="filled" onClick={() => setDialog('claim')}>
              Take over on {status.node}…
            </Button>
          ) : null}
          {canMove ? (
            <Button onClick={() => setDialog('switchover')}>Switch over to {status.peer?.name}…</Button>
          ) : null}
        </>
      }
    >
      {warnings.map((warning) => (
        <Notice key={warning} state="warning" title={sentence(warning)} announce />
      ))}
      <Readouts observation={observation} />
      <Panel>
        <PairPicture observation={observation} />
      </Panel>
      <Panel title="Connected clients" about="Over the last day, counted once a minute">
        <Suspense fallback={<div style={{ height: 180 }} />}>
          {overview.data === undefined ? null : <ClientsChart curve={overview.data.clients.curve} />}
        </Suspense>
      </Panel>
      <Takeovers transitions={history.data?.transitions ?? []} node={status.node} most={5} />
      {dialog === 'switchover' && status.peer !== null ? (
        <MoveDialog status={status} peer={status.peer.name} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'claim' && status.peer !== null ? (
        <ClaimDialog status={status} peer={status.peer.name} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'maintenance' && status.peer !== null ? (
        <MaintenanceDialog
          status={status}
          peer={status.peer.name}
          on={maintenance}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </Page>
  );
}

const heardWithinMs = 5_000;

function heard({ peers }: HeartbeatView): boolean {
  return peers.some(({ lastHeardMs }) => lastHeardMs !== null && lastHeardMs < heardWithinMs);
}

/** Warnings are written to follow others in a line; alone they begin with a capital. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
