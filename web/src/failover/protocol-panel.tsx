import { Radio, Switch } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import type { FailoverView } from './failover.ts';
import { type Protocol, protocols } from './protocols.ts';
import type { Wish } from './wish.ts';

interface ProtocolPanelProps {
  readonly wish: Pick<Wish, 'protocol' | 'virtualMac' | 'advertisementIntervalMs'>;
  readonly presets: FailoverView['presets'];
  readonly onChange: (part: Partial<Wish>) => void;
}

/** What the heartbeats speak, and whose hardware address the shared ones have. Both stay as long as the pair does. */
export function ProtocolPanel({ wish, presets, onChange }: ProtocolPanelProps) {
  const choose = (protocol: Protocol): void => {
    const whole = presets.find((preset) => preset.name === 'standard');
    const timing =
      protocol === 'vrrp3' || wish.advertisementIntervalMs % 1_000 === 0 || whole === undefined
        ? {}
        : { advertisementIntervalMs: whole.advertisementIntervalMs, leaseSeconds: whole.leaseSeconds };
    onChange({ protocol, ...timing, ...(protocol === 'carp' ? { virtualMac: false } : {}) });
  };
  return (
    <Panel title="Protocol" about="Both stay as they are for as long as the pair does.">
      <div className={styles['stack']}>
        <Radio.Group
          aria-label="Protocol"
          value={wish.protocol}
          onChange={(value) => choose(value === 'vrrp2' || value === 'carp' ? value : 'vrrp3')}
        >
          <div className={styles['presets']}>
            {Object.entries(protocols).map(([name, { title, about }]) => (
              <Radio key={name} value={name} label={title} description={about} />
            ))}
          </div>
        </Radio.Group>
        <Switch
          label="Virtual MAC"
          description="The shared address has a hardware address of its own that moves with it. Hyper-V then needs MAC address spoofing, ESXi forged transmits; without it nothing has to be changed there."
          disabled={wish.protocol === 'carp'}
          checked={wish.virtualMac}
          onChange={(event) => onChange({ virtualMac: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  );
}
