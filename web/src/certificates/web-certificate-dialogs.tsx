import { Button, FileButton, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionDialog } from '../look/action-dialog.tsx';
import { useRefusal } from '../look/refusal.ts';
import { LinesField } from '../settings/lines-field.tsx';
import {
  type AcmeRequest,
  bringCertificate,
  orderCertificate,
  webCertificateKey,
} from './web-certificate.ts';

/** One that somebody else issued; the node checks it before anything is changed. */
export function BringDialog({ onClose }: { onClose: () => void }) {
  const [certificate, setCertificate] = useState('');
  const [privateKey, setPrivateKey] = useState('');
  return (
    <ActionDialog
      title="Bring a certificate for these pages"
      submit="Check and use it"
      size="lg"
      fields={['certificate', 'privateKey']}
      action={() => bringCertificate(certificate, privateKey)}
      done={() => 'The pages are served with it. Reload this page to see it.'}
      refresh={webCertificateKey}
      onClose={onClose}
    >
      <p>
        It is checked first: key, time, names, issuers. Nobody is signed out, and VPN clients do not notice.
        Thirty days before its end every status warns.
      </p>
      <PemField
        field="certificate"
        label="Certificate and its issuers"
        description="PEM, one after the other, in any order"
        value={certificate}
        onChange={setCertificate}
      />
      <PemField
        field="privateKey"
        label="Private key"
        description="PEM, without a password. It goes to both nodes and never comes out again"
        value={privateKey}
        onChange={setPrivateKey}
      />
    </ActionDialog>
  );
}

interface PemFieldProps {
  readonly field: string;
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly onChange: (pem: string) => void;
}

/** Typed, pasted, or read from a file. */
function PemField({ field, label, description, value, onChange }: PemFieldProps) {
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        required
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
        autoComplete="off"
        error={useRefusal(field)}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <FileButton onChange={(file) => void file?.text().then(onChange)}>
        {(props) => (
          <Button size="xs" mt={6} aria-label={`Read from a file: ${label}`} {...props}>
            Read from a file…
          </Button>
        )}
      </FileButton>
    </div>
  );
}

/** One that an authority gives to whoever answers under the name, and that is renewed without anybody. */
export function OrderDialog({ acme, onClose }: { acme: AcmeRequest | null; onClose: () => void }) {
  const [domains, setDomains] = useState<readonly string[]>(acme?.domains ?? []);
  const [email, setEmail] = useState(acme?.email ?? '');
  const [directory, setDirectory] = useState(acme?.directory ?? '');
  const trusted = acme?.directoryCa;
  return (
    <ActionDialog
      title="Order a certificate for these pages"
      submit="Order it now"
      size="lg"
      disabled={domains.length === 0}
      fields={['email', 'domains', 'directory']}
      action={() =>
        orderCertificate({
          domains: domains.map((name) => name.toLowerCase()),
          email: email.trim(),
          ...(directory.trim() === '' ? {} : { directory: directory.trim() }),
          ...(trusted === undefined || directory.trim() !== acme?.directory ? {} : { directoryCa: trusted }),
        })
      }
      done={() => 'The pages are served with it, and it is renewed by itself. Reload this page to see it.'}
      refresh={webCertificateKey}
      onClose={onClose}
    >
      <p>
        The authority asks on port 80 of each name, which must lead to the shared address; the port is open on
        the active node while it asks, and for nothing else. Ordering accepts the authority’s terms. It takes
        up to a minute; if it is refused, nothing changes.
      </p>
      <OrderFields {...{ domains, setDomains, email, setEmail, directory, setDirectory }} />
    </ActionDialog>
  );
}

function OrderFields(props: {
  readonly domains: readonly string[];
  readonly setDomains: (domains: readonly string[]) => void;
  readonly email: string;
  readonly setEmail: (email: string) => void;
  readonly directory: string;
  readonly setDirectory: (directory: string) => void;
}) {
  return (
    <>
      <LinesField
        label="Names"
        description="One a line, such as vpn.example.com"
        error={useRefusal('domains')}
        value={props.domains}
        onChange={props.setDomains}
      />
      <TextInput
        type="email"
        label="E-mail"
        description="Whom the authority may write to"
        required
        error={useRefusal('email')}
        value={props.email}
        onChange={(event) => props.setEmail(event.currentTarget.value)}
      />
      <TextInput
        label="Directory of the authority"
        description="Empty: Let’s Encrypt. One that the system does not trust is named by tandem web certificate acme --directory-ca"
        spellCheck={false}
        autoCapitalize="none"
        error={useRefusal('directory')}
        value={props.directory}
        onChange={(event) => props.setDirectory(event.currentTarget.value)}
      />
    </>
  );
}
