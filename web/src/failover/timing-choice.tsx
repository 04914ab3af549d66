import { Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import type { FailoverView } from './failover.ts';
import { millisecondsText } from './milliseconds.ts';

type Preset = FailoverView['presets'][number];

interface TimingChoiceProps {
  readonly presets: readonly Preset[];
  /** The interval in milliseconds. */
  readonly chosen: number;
  readonly onChoose: (preset: Preset) => void;
}

/** How fast a failure is noticed, with what that means for clients beside each choice. */
export function TimingChoice({ presets, chosen, onChoose }: TimingChoiceProps) {
  return (
    <Panel title="Timing">
      <div className={styles['presets']} role="radiogroup" aria-label="Timing">
        {presets.map((preset) => (
          <label key={preset.name} className={styles['preset']}>
            <input
              type="radio"
              name="timing"
              checked={preset.advertisementIntervalMs === chosen}
              onChange={() => onChoose(preset)}
            />
            <span className={styles['presetName']}>{preset.name}</span>
            <span>
              {preset.words}. A failure is noticed within {millisecondsText(preset.detectionMs)}, clients are
              away for about {millisecondsText(preset.clientOutageMs)}.
            </span>
          </label>
        ))}
      </div>
    </Panel>
  );
}
