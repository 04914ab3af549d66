import { Switch, TextInput } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import type { FailoverView } from './failover.ts';
import { emptyPath, type PairDraft } from './pair-draft.ts';

interface PathsPanelProps {
  readonly view: FailoverView;
  readonly draft: PairDraft;
  readonly onChange: (part: Partial<PairDraft>) => void;
}

/** By which ways the nodes hear each other: one that is heard is enough. */
export function PathsPanel({ view, draft, onChange }: PathsPanelProps) {
  const { second } = draft;
  const change = (index: number, part: Partial<typeof emptyPath>): void =>
    onChange({
      second: view.nodes.map((_, at) => ({ ...(second?.[at] ?? emptyPath), ...(at === index ? part : {}) })),
    });
  return (
    <Panel
      title="Heartbeat paths"
      about="By which ways the nodes hear each other. One that is heard is enough: with a second cable a broken switch is no failure of the other node."
    >
      <div className={styles['stack']}>
        <Switch
          label="Multicast on the LAN"
          checked={draft.multicast}
          onChange={(event) => onChange({ multicast: event.currentTarget.checked })}
        />
        <Switch
          label="Unicast to the other node, where multicast is filtered"
          checked={draft.unicast}
          onChange={(event) => onChange({ unicast: event.currentTarget.checked })}
        />
        <Switch
          label="Another cable between the two nodes"
          checked={second !== null}
          onChange={(event) =>
            onChange({ second: event.currentTarget.checked ? view.nodes.map(() => emptyPath) : null })
          }
        />
        {second === null
          ? null
          : view.nodes.map((node, index) => (
              <div key={node.name} className={styles['grid']}>
                <TextInput
                  label={`Interface on ${node.name}`}
                  spellCheck={false}
                  value={second[index]?.interface ?? ''}
                  onChange={(event) => change(index, { interface: event.currentTarget.value.trim() })}
                />
                <TextInput
                  label={`Address of ${node.name} there`}
                  spellCheck={false}
                  value={second[index]?.address ?? ''}
                  onChange={(event) => change(index, { address: event.currentTarget.value.trim() })}
                />
              </div>
            ))}
      </div>
    </Panel>
  );
}
