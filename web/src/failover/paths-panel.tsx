import { Switch, TextInput } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import { emptyPath, type Tuning } from './tuning.ts';

interface PathsPanelProps {
  /** What the two nodes are called here. */
  readonly names: readonly string[];
  readonly tuning: Tuning;
  readonly onChange: (part: Partial<Tuning>) => void;
}

/** By which ways the nodes hear each other: one that is heard is enough. */
export function PathsPanel({ names, tuning, onChange }: PathsPanelProps) {
  const { second } = tuning;
  const change = (index: number, part: Partial<typeof emptyPath>): void =>
    onChange({
      second: names.map((_, at) => ({ ...(second?.[at] ?? emptyPath), ...(at === index ? part : {}) })),
    });
  return (
    <Panel
      title="Heartbeat paths"
      about="By which ways the nodes hear each other. One that is heard is enough: with a second cable a broken switch is no failure of the other node."
    >
      <div className={styles['stack']}>
        <Switch
          label="Multicast on the LAN"
          description="Needs no address of the other node; switches and clouds may filter it, Validate looks"
          checked={tuning.multicast}
          onChange={(event) => onChange({ multicast: event.currentTarget.checked })}
        />
        <Switch
          label="Unicast to the other node"
          description="Passes where multicast is filtered"
          checked={tuning.unicast}
          onChange={(event) => onChange({ unicast: event.currentTarget.checked })}
        />
        <Switch
          label="Another cable between the two nodes"
          description="Or any other network that both are in, with an address of its own on each"
          checked={second !== null}
          onChange={(event) =>
            onChange({ second: event.currentTarget.checked ? names.map(() => emptyPath) : null })
          }
        />
        {second === null
          ? null
          : names.map((name, index) => (
              <div key={name} className={styles['grid']}>
                <TextInput
                  label={`Interface on ${name}`}
                  required
                  spellCheck={false}
                  value={second[index]?.interface ?? ''}
                  onChange={(event) => change(index, { interface: event.currentTarget.value.trim() })}
                />
                <TextInput
                  label={`Address of ${name} there`}
                  required
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
