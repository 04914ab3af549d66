import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { Notice, Problem } from '../look/notice.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import { Day } from '../look/time.tsx';
import { useReadOnly } from '../shell/standby-notice.tsx';
import {
  resetCertificate,
  useWebCertificate,
  type WebCertificateView,
  webCertificateKey,
} from './web-certificate.ts';
import { BringDialog, OrderDialog } from './web-certificate-dialogs.tsx';

const sources: Readonly<Record<WebCertificateView['source'], string>> = {
  own: 'made and renewed by the pair itself; browsers ask once whether to trust it',
  brought: 'brought by an administrator',
  acme: 'ordered, and renewed by itself',
};

/** How these pages prove themselves to browsers, on both nodes alike. */
export function WebCertificatePanel() {
  const { data, error } = useWebCertificate();
  const readOnly = useReadOnly();
  const [dialog, setDialog] = useState<'bring' | 'order' | 'reset' | undefined>();
  const close = (): void => setDialog(undefined);
  return (
    <Panel
      title="These pages"
      about="Both nodes prove themselves with the same certificate, before a takeover and after it."
      actions={
        readOnly ? undefined : (
          <Group gap="xs">
            <Button onClick={() => setDialog('bring')}>Bring one…</Button>
            <Button onClick={() => setDialog('order')}>Order one…</Button>
            {data === undefined || data.source === 'own' ? null : (
              <Button onClick={() => setDialog('reset')}>Back to the own one…</Button>
            )}
          </Group>
        )
      }
    >
      <Problem error={error} />
      {data === undefined ? null : <Shown view={data} />}
      {dialog === 'bring' ? <BringDialog onClose={close} /> : null}
      {dialog === 'order' ? <OrderDialog acme={data?.acme ?? null} onClose={close} /> : null}
      {dialog === 'reset' ? (
        <ActionDialog
          title="Back to a certificate of the pair’s own"
          submit="Go back"
          grave
          action={resetCertificate}
          done={() => 'The pages have a certificate of their own again. Reload this page.'}
          refresh={webCertificateKey}
          onClose={close}
        >
          <p>
            Browsers will ask whether to trust the new one. Nothing is ordered any more. VPN clients do not
            notice: their servers have a certificate of their own.
          </p>
        </ActionDialog>
      ) : null}
    </Panel>
  );
}

function Shown({ view }: { view: WebCertificateView }) {
  return (
    <>
      {view.warnings.map((words) => (
        <Notice key={words} state="warning" title={words} />
      ))}
      <Facts>
        <Fact name="Certificate">
          {view.subject}: {sources[view.source]}
        </Fact>
        <Fact name="Issued by">{view.issuer}</Fact>
        <Fact name="For">{view.names.join(', ')}</Fact>
        {view.notNamed.length === 0 ? null : (
          <Fact name="Not for">{view.notNamed.join(', ')}: browsers warn there</Fact>
        )}
        <Fact name="Until">
          <Day at={view.notAfter} />
        </Fact>
        <Fact name="Key">{view.keyType}</Fact>
        <Fact name="SHA-256">
          <span className="mono">{view.fingerprint}</span>
        </Fact>
        {view.acme === null ? null : <Fact name="Ordered from">{new URL(view.acme.directory).host}</Fact>}
      </Facts>
    </>
  );
}
