import { Radio } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../look/notice.tsx';
import { Page, Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { type FailoverView, useFailover } from './failover.ts';
import { PairForm } from './pair-form.tsx';
import { PairedView } from './paired-view.tsx';

/** How two machines become one server, or the settings by which they are. */
export default function FailoverPage() {
  const { data, error } = useFailover();
  return (
    <Page
      title="Failover"
      about="Two machines on one LAN share an address. One serves; when it fails, the other takes the address and goes on."
    >
      <Problem error={error} />
      {data === undefined ? null : data.model === 'none' ? <Alone view={data} /> : <PairedView view={data} />}
    </Page>
  );
}

/** One node: it stays alone, or the fields of a pair unfold. */
function Alone({ view }: { view: FailoverView }) {
  const [model, setModel] = useState<'none' | 'lan'>('none');
  const readOnly = useReadOnly();
  return (
    <>
      <Panel title="Redundancy model">
        <Radio.Group
          aria-label="Redundancy model"
          value={model}
          onChange={(value) => setModel(value === 'lan' ? 'lan' : 'none')}
        >
          <div className={styles['presets']}>
            <Radio
              value="none"
              label="None"
              description={`${view.own.name} serves alone: if it fails, clients are without a server`}
            />
            <Radio
              value="lan"
              disabled={readOnly}
              label="LAN model (UCARP/VRRP-based failover)"
              description="A second machine in the same network has every change and takes the shared address when this one fails"
            />
          </div>
        </Radio.Group>
      </Panel>
      {model === 'lan' ? <PairForm view={view} /> : null}
    </>
  );
}
