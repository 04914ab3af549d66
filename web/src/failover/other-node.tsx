import { Button, FileButton, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import { StateLabel } from '../look/state-mark.tsx';
import { NumberField } from '../settings/number-field.tsx';
import styles from '../settings/settings.module.css';
import type { ConfirmedKey, Wish } from './wish.ts';
import { isOf } from './wish.ts';

interface OtherNodeProps {
  readonly wish: Wish;
  readonly confirmed: ConfirmedKey | undefined;
  readonly onChange: (part: Partial<Wish>) => void;
}

/** Where the second machine is, and how it is convinced, once. */
export function OtherNode({ wish, confirmed, onChange }: OtherNodeProps) {
  return (
    <Panel
      title="The other node"
      about="Set up with tandem init, with “no” to being the primary node. It is reached over SSH this once."
    >
      <div className={styles['stack']}>
        <div className={styles['grid']}>
          <TextInput
            label="Address"
            description="Its own, in the same network"
            required
            pattern="[0-9]{1,3}([.][0-9]{1,3}){3}"
            title="An IPv4 address, such as 10.0.0.2"
            spellCheck={false}
            autoComplete="off"
            value={wish.address}
            onChange={(event) => onChange({ address: event.currentTarget.value.trim() })}
          />
          <NumberField
            label="SSH port"
            description="22, unless sshd there has another"
            value={wish.port}
            min={1}
            max={65_535}
            onChange={(port) => onChange({ port })}
          />
          <TextInput
            label="SSH user"
            description="root, or one who may use sudo"
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={wish.user}
            onChange={(event) => onChange({ user: event.currentTarget.value.trim() })}
          />
        </div>
        <SegmentedControl
          aria-label="How the other node is convinced"
          data={[
            { value: 'password', label: 'Password' },
            { value: 'privateKey', label: 'Private key' },
          ]}
          value={wish.proof}
          onChange={(value) => onChange({ proof: value === 'privateKey' ? 'privateKey' : 'password' })}
        />
        {wish.proof === 'password' ? (
          <PasswordInput
            label="SSH password"
            description="Used once and not kept; sudo gets the same"
            required
            autoComplete="off"
            value={wish.password}
            onChange={(event) => onChange({ password: event.currentTarget.value })}
          />
        ) : (
          <PrivateKey wish={wish} onChange={onChange} />
        )}
        {isOf(confirmed, wish) ? (
          <p className={styles['hint']}>
            <StateLabel state="good">host key confirmed</StateLabel>{' '}
            <span className="mono">{confirmed.fingerprint}</span>
          </p>
        ) : (
          <p className={styles['hint']}>
            Its host key is shown to you before anything is sent. The address and key are then pinned.
          </p>
        )}
      </div>
    </Panel>
  );
}

function PrivateKey({ wish, onChange }: Pick<OtherNodeProps, 'wish' | 'onChange'>) {
  return (
    <div className={styles['stack']}>
      <Textarea
        label="SSH private key"
        description="OpenSSH or PEM, without a passphrase. Used once and not kept; sudo must ask for no password."
        required
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
        value={wish.privateKey}
        onChange={(event) => onChange({ privateKey: event.currentTarget.value })}
      />
      <FileButton onChange={(file) => void file?.text().then((privateKey) => onChange({ privateKey }))}>
        {(props) => (
          <Button {...props} w="fit-content">
            From a file…
          </Button>
        )}
      </FileButton>
    </div>
  );
}
