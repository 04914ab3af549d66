import { Radio, Select, Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { Panel } from '../look/page.tsx';
import { NumberField } from '../settings/number-field.tsx';
import styles from '../settings/settings.module.css';
import type { Tuning } from './tuning.ts';

interface RolePanelProps {
  /** The node that comes first. */
  readonly favoured: string;
  readonly tuning: Tuning;
  readonly onChange: (part: Partial<Tuning>) => void;
  /** How another node is chosen to come first. */
  readonly children?: ReactNode;
}

const usualPreemptSeconds = 30;

/** Which node serves when both could: the gateway that a node must reach, and who takes the role back. */
export function RolePanel({ favoured, tuning, onChange, children }: RolePanelProps) {
  const { gateway, preemptDelaySeconds } = tuning;
  const kind = gateway === null || gateway === 'auto' || gateway === 'off' ? (gateway ?? 'file') : 'address';
  return (
    <Panel title="Who serves">
      <div className={styles['stack']}>
        <div className={styles['grid']}>
          <Select
            label="Watched gateway"
            description="A node that hears neither it nor the other node does not serve"
            data={[
              { value: 'file', label: "As each node's own file says" },
              { value: 'auto', label: 'The default gateway of each node' },
              { value: 'off', label: 'None' },
              { value: 'address', label: 'This address' },
            ]}
            value={kind}
            onChange={(value) =>
              onChange({ gateway: value === 'file' ? null : value === 'address' ? '' : value })
            }
          />
          {kind === 'address' ? (
            <TextInput
              label="Address of the gateway"
              spellCheck={false}
              value={gateway ?? ''}
              onChange={(event) => onChange({ gateway: event.currentTarget.value.trim() })}
            />
          ) : null}
        </div>
        {children}
        <Radio.Group
          label="When the active node is gone, the standby takes over"
          value={tuning.takeover}
          onChange={(value) => onChange({ takeover: value === 'in-sync' ? 'in-sync' : 'always' })}
        >
          <div className={styles['presets']}>
            <Radio
              value="always"
              label="always"
              description="Clients are never without a server; changes that only the other node had are set aside and listed when it returns"
            />
            <Radio
              value="in-sync"
              label="only with a copy that has every change"
              description="Otherwise it waits for the other node, or for somebody who makes it take over; clients are without a server meanwhile"
            />
          </div>
        </Radio.Group>
        <Switch
          label={`${favoured} takes the role back by itself when it returns`}
          description="Its clients move twice for each failure; without this a node that returns stays standby"
          checked={preemptDelaySeconds !== null}
          onChange={(event) =>
            onChange({ preemptDelaySeconds: event.currentTarget.checked ? usualPreemptSeconds : null })
          }
        />
        {preemptDelaySeconds === null ? null : (
          <NumberField
            label="After it was ready for"
            unit="s"
            value={preemptDelaySeconds}
            min={0}
            max={3_600}
            onChange={(seconds) => onChange({ preemptDelaySeconds: seconds })}
          />
        )}
      </div>
    </Panel>
  );
}
