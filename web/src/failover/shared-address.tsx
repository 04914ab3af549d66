import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Problem } from '../look/notice.tsx';
import { Panel } from '../look/page.tsx';
import { NumberField } from '../settings/number-field.tsx';
import styles from '../settings/settings.module.css';
import { type FailoverView, pickFreeVhid } from './failover.ts';
import type { Wish } from './wish.ts';

type Shared = Pick<Wish, 'virtualAddress' | 'address6' | 'vhid'>;

interface SharedAddressProps {
  readonly view: FailoverView;
  readonly wish: Shared;
  readonly onChange: (part: Partial<Shared>) => void;
}

/** The address of both, and the number that keeps this pair apart from others on the LAN. */
export function SharedAddress({ view, wish, onChange }: SharedAddressProps) {
  const { name, address, prefixLength } = view.own;
  const pick = useMutation({
    mutationFn: pickFreeVhid,
    onSuccess: ({ vhid }) => onChange({ vhid }),
  });
  return (
    <Panel
      title="Shared address"
      about={`An address that nobody uses, in the network of ${name}: ${address}/${prefixLength}. Clients connect to it, and these pages move there.`}
    >
      <div className={styles['stack']}>
        <TextInput
          label="Shared virtual address"
          required
          pattern="[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,2})?"
          title="An IPv4 address, such as 10.0.0.100"
          spellCheck={false}
          autoComplete="off"
          w={260}
          maw="100%"
          value={wish.virtualAddress}
          onChange={(event) => onChange({ virtualAddress: event.currentTarget.value.trim() })}
        />
        <TextInput
          label="Shared IPv6 address"
          description="Beside it, where both nodes have an address in its network; empty for none"
          placeholder="2001:db8::100/64"
          pattern="[0-9A-Fa-f:]+/[0-9]{1,3}"
          title="An IPv6 address with its prefix length, such as 2001:db8::100/64"
          spellCheck={false}
          autoComplete="off"
          w={360}
          maw="100%"
          value={wish.address6}
          onChange={(event) => onChange({ address6: event.currentTarget.value.trim() })}
        />
        <div className={styles['row']}>
          <NumberField
            label="VHID"
            description="1 to 255; separates pairs on one LAN"
            value={wish.vhid}
            min={1}
            max={255}
            onChange={(vhid) => onChange({ vhid })}
          />
          <Button loading={pick.isPending} onClick={() => pick.mutate()}>
            Pick a free one
          </Button>
        </div>
        {pick.data === undefined ? null : (
          <p className={styles['hint']} role="status">
            {pick.data.used.length === 0
              ? `Listened to the LAN for some seconds and heard no other pair: ${pick.data.vhid} is free.`
              : `Heard on the LAN: ${pick.data.used.join(', ')}. ${pick.data.vhid} is free.`}
          </p>
        )}
        <Problem error={pick.error} />
      </div>
    </Panel>
  );
}
