import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice, Problem } from '../look/notice.tsx';
import { Fact, Facts, Panel } from '../look/page.tsx';
import styles from '../settings/settings.module.css';
import { useReadOnly } from '../shell/standby-notice.tsx';
import { CommitDialog } from './commit-dialog.tsx';
import {
  type FailoverView,
  presentedHostKey,
  startValidation,
  useValidation,
  validationKey,
} from './failover.ts';
import { HostKeyDialog } from './host-key-dialog.tsx';
import { OtherNode } from './other-node.tsx';
import { PathsPanel } from './paths-panel.tsx';
import { ProtocolPanel } from './protocol-panel.tsx';
import { RolePanel } from './role-panel.tsx';
import { SharedAddress } from './shared-address.tsx';
import { TimingChoice } from './timing-choice.tsx';
import { ValidationRows } from './validation-rows.tsx';
import { type ConfirmedKey, firstWish, isOf, requestFrom, type Wish } from './wish.ts';

/** From one node to a pair: the address, the other node, the timing; then Validate; then Commit and Restart. */
export function PairForm({ view }: { view: FailoverView }) {
  const [wish, setWish] = useState<Wish>(() => firstWish(view));
  const [confirmed, setConfirmed] = useState<ConfirmedKey | undefined>();
  const [presented, setPresented] = useState<ConfirmedKey | undefined>();
  const [committing, setCommitting] = useState(false);
  const readOnly = useReadOnly();
  const change = (part: Partial<Wish>): void => setWish((before) => ({ ...before, ...part }));
  const request = requestFrom(wish, confirmed, view.own.prefixLength);
  const validation = useRun();
  const present = useMutation({
    mutationFn: async (): Promise<ConfirmedKey> => {
      const { address, port } = wish;
      return { address, port, ...(await presentedHostKey(address, port)) };
    },
    onSuccess: setPresented,
    // Nobody answers there: the rows say so, with everything else, and nothing secret goes along.
    onError: () => validation.start(request),
  });
  const begin = (): void => {
    if (isOf(confirmed, wish)) validation.start(request);
    else present.mutate();
  };
  const { answer, outdated } = validation.of(request);
  const sound =
    answer !== undefined &&
    !outdated &&
    !answer.running &&
    answer.rows.every(({ state }) => state === 'good' || state === 'warning');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <fieldset className={styles['fields']} disabled={readOnly}>
        <SharedAddress view={view} wish={wish} onChange={change} />
        <Panel title="This node">
          <Facts>
            <Fact name="Name">{view.own.name}</Fact>
            <Fact name="Address">
              {view.own.address}/{view.own.prefixLength} on {view.own.interface}
            </Fact>
            <Fact name="Starts as">primary node: its data is what the other one gets</Fact>
          </Facts>
        </Panel>
        <OtherNode wish={wish} confirmed={confirmed} onChange={change} />
        <ProtocolPanel wish={wish} onChange={change} presets={view.presets} />
        <TimingChoice
          presets={view.presets}
          chosen={wish}
          wholeSeconds={wish.protocol !== 'vrrp3'}
          onChoose={change}
        />
        <PathsPanel names={[view.own.name, 'the other node']} tuning={wish} onChange={change} />
        <RolePanel favoured={view.own.name} tuning={wish} onChange={change} />
        <Panel
          title="Validation"
          about="Looks at both machines and the LAN between them, and changes nothing. It takes some seconds."
        >
          <div className={styles['fields']}>
            <Problem error={validation.error} />
            {answer === undefined ? null : (
              <>
                {outdated ? (
                  <Notice state="warning" title="The fields have changed since: validate again." />
                ) : null}
                <ValidationRows answer={answer} />
              </>
            )}
            <Group gap="xs">
              <Button
                type="submit"
                variant={sound ? 'default' : 'filled'}
                loading={present.isPending || validation.starting || answer?.running === true}
              >
                Validate
              </Button>
              <Button
                variant={sound ? 'filled' : 'default'}
                disabled={!sound}
                onClick={() => setCommitting(true)}
              >
                Commit and Restart…
              </Button>
            </Group>
            {sound ? null : (
              <p className={styles['hint']}>Commit and Restart is possible when no row has a problem.</p>
            )}
          </div>
        </Panel>
      </fieldset>
      {presented === undefined ? null : (
        <HostKeyDialog
          presented={presented}
          onClose={() => setPresented(undefined)}
          onConfirm={() => {
            setConfirmed(presented);
            setPresented(undefined);
            validation.start(requestFrom(wish, presented, view.own.prefixLength));
          }}
        />
      )}
      {committing ? (
        <CommitDialog request={request} view={view} onClose={() => setCommitting(false)} />
      ) : null}
    </form>
  );
}

/** The validation that was begun here, and whether it still speaks of what the fields say. */
function useRun() {
  const client = useQueryClient();
  const [validated, setValidated] = useState<string | undefined>();
  const rows = useValidation(validated !== undefined);
  const { mutate, isPending, error } = useMutation({
    mutationFn: startValidation,
    onSuccess: (answer, request) => {
      client.setQueryData(validationKey, answer);
      setValidated(JSON.stringify(looked(request)));
    },
  });
  return {
    start: mutate,
    starting: isPending,
    error: error ?? rows.error,
    of: (request: Parameters<typeof startValidation>[0]) => ({
      answer: validated === undefined ? undefined : rows.data,
      outdated: validated !== JSON.stringify(looked(request)),
    }),
  };
}

/** What a validation depends on: the timing is none of it. */
function looked(wish: Parameters<typeof startValidation>[0]) {
  const { virtualAddress, address6, virtualMac, vhid, peer, multicast, unicast, secondPath } = wish;
  return { virtualAddress, address6, virtualMac, vhid, peer, multicast, unicast, secondPath };
}
