import { Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import type { FailoverView } from './failover.ts';
import { millisecondsText } from './milliseconds.ts';

type Timing = Pick<FailoverView['presets'][number], 'advertisementIntervalMs' | 'leaseSeconds'>;

interface TimingChoiceProps {
  readonly presets: FailoverView['presets'];
  /** What is in force, which may be none of the presets. */
  readonly now?: FailoverView['timing'];
  readonly chosen: Timing;
  /** The protocol counts whole seconds. */
  readonly wholeSeconds?: boolean;
  readonly onChoose: (timing: Timing) => void;
}

/** How fast a failure is noticed, with what that means for clients beside each choice. */
export function TimingChoice({ presets, now = null, chosen, wholeSeconds, onChoose }: TimingChoiceProps) {
  const own = now === null || presets.some((preset) => same(preset, now)) ? [] : [{ ...now, ...asItIs }];
  return (
    <Panel title="Timing">
      <div className={styles['presets']} role="radiogroup" aria-label="Timing">
        {[...own, ...presets].map((preset) => (
          <label key={preset.name} className={styles['preset']}>
            <input
              type="radio"
              name="timing"
              checked={same(preset, chosen)}
              disabled={wholeSeconds === true && preset.advertisementIntervalMs % 1_000 !== 0}
              onChange={() =>
                onChoose({
                  advertisementIntervalMs: preset.advertisementIntervalMs,
                  leaseSeconds: preset.leaseSeconds,
                })
              }
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

const asItIs = { name: 'as it is', words: 'set by command' } as const;

function same(one: Timing, other: Timing): boolean {
  return (
    one.advertisementIntervalMs === other.advertisementIntervalMs && one.leaseSeconds === other.leaseSeconds
  );
}
