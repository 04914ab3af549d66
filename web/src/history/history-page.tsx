import { Page } from '../look/page.tsx';
import { Takeovers } from '../overview/takeovers.tsx';
import { useHistory, useStatus } from '../status/status.ts';
import { AuditLog } from './audit-log.tsx';
import { Divergences } from './divergences.tsx';
import { Epochs } from './epochs.tsx';

/** What happened: when the role moved and why, what only one node had, who changed what. */
export default function HistoryPage() {
  const { status } = useStatus();
  const { data } = useHistory();
  return (
    <Page title="History" about="When the role moved and why, what was set aside, and who changed what.">
      {status === undefined ? null : (
        <Takeovers transitions={data?.transitions ?? []} node={status.node} most={32} />
      )}
      <Epochs epochs={data?.epochs ?? []} />
      <Divergences />
      <AuditLog />
    </Page>
  );
}
