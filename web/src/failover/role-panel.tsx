import { Select, Switch, TextInput } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import { NumberField } from '../settings/number-field.tsx';
import styles from '../settings/settings.module.css';
import type { FailoverView } from './failover.ts';
import type { PairDraft } from './pair-draft.ts';

interface RolePanelProps {
  readonly view: FailoverView;
  readonly draft: PairDraft;
  readonly onChange: (part: Partial<PairDraft>) => void;
}

const usualPreemptSeconds = 30;

/** Which node serves when both could: the gateway that a node must reach, and who takes the role back. */
export function RolePanel({ view, draft, onChange }: RolePanelProps) {
  const { gateway, preemptDelaySeconds } = draft;
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
        <Select
          label="Comes first"
          description="Of two nodes that claim at the same moment it serves"
          data={view.nodes.map(({ name }) => name)}
          value={draft.favoured}
          onChange={(favoured) => {
            if (favoured !== null) onChange({ favoured });
          }}
        />
        <Switch
          label={`${draft.favoured} takes the role back by itself when it returns`}
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
