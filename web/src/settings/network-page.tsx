import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { Notice } from '../look/notice.tsx';
import { Panel } from '../look/page.tsx';
import { useStatus } from '../status/status.ts';
import { NumberField } from './number-field.tsx';
import styles from './settings.module.css';
import type { Draft } from './settings.ts';
import { SettingsPage } from './settings-page.tsx';

/** Under which name or address clients find the server, and on which ports it listens. */
export default function NetworkPage() {
  return (
    <SettingsPage
      title="Server network"
      about="Under which name or address clients find the server, and on which ports it listens."
    >
      {(draft) => (
        <>
          <HostPanel draft={draft} />
          <ServersPanel draft={draft} />
          <Listeners draft={draft} />
        </>
      )}
    </SettingsPage>
  );
}

function HostPanel({ draft }: { draft: Draft }) {
  const { host } = draft.settings;
  const { status } = useStatus();
  const shared = status?.virtualAddress?.address.split('/')[0];
  const nodes = [status?.address, status?.peer?.address];
  return (
    <Panel title="Address in profiles">
      <div className={styles['stack']}>
        <TextInput
          label="Host name or address"
          description="What clients connect to, as it is from the Internet. Empty: the shared address itself."
          value={host}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => draft.set('host', event.currentTarget.value.trim())}
        />
        {shared !== undefined && nodes.includes(host) ? (
          <Notice
            state="bad"
            title={`${host} is one node's own address: after a takeover nobody would reach the server.`}
          >
            Without a DNS name the shared address belongs here: {shared}.{' '}
            <Button size="xs" mt={4} onClick={() => draft.set('host', shared)}>
              Use {shared}
            </Button>
          </Notice>
        ) : shared !== undefined && /^[0-9.]+$|:/.test(host) && host !== shared ? (
          <Notice state="warning" title={`Is ${host} forwarded to ${shared}?`}>
            An address here must lead to the shared address, whichever node is active: your router forwards
            the ports below to {shared}. Without a router in between, {shared} itself belongs here.
          </Notice>
        ) : null}
        <p className={styles['hint']}>
          Profiles that are in use keep the address they were made with: a new one reaches people with a new
          profile.
        </p>
      </div>
    </Panel>
  );
}

function ServersPanel({ draft }: { draft: Draft }) {
  const { servers } = draft.settings;
  const change = (index: number, part: Partial<(typeof servers)[number]>): void =>
    draft.set(
      'servers',
      servers.map((one, at) => (at === index ? { ...one, ...part } : one)),
    );
  return (
    <Panel
      title="Further servers in profiles"
      about="Clients try them when the first does not answer; of two servers the one with twice the weight is tried first twice as often."
      actions={
        <Button onClick={() => draft.set('servers', [...servers, { host: '', weight: 1 }])}>
          Add a server
        </Button>
      }
    >
      <div className={styles['stack']}>
        {servers.length === 0 ? (
          <p className={styles['hint']}>None: profiles name the address above alone.</p>
        ) : null}
        {Object.entries(servers).map(([place, server]) => (
          <div key={place} className={styles['row']}>
            <TextInput
              className={styles['grow']}
              label="Host name or address"
              value={server.host}
              spellCheck={false}
              onChange={(event) => change(Number(place), { host: event.currentTarget.value.trim() })}
            />
            <NumberInput
              label="Weight"
              w={110}
              min={1}
              max={100}
              allowDecimal={false}
              value={server.weight}
              onChange={(weight) => {
                if (typeof weight === 'number') change(Number(place), { weight });
              }}
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={`Remove ${server.host === '' ? 'this server' : server.host}`}
              onClick={() =>
                draft.set(
                  'servers',
                  servers.filter((_, at) => at !== Number(place)),
                )
              }
            >
              <IconTrash size={16} />
            </ActionIcon>
          </div>
        ))}
      </div>
    </Panel>
  );
}

const mostProcesses = 8;

function Listeners({ draft }: { draft: Draft }) {
  const { udp, tcp } = draft.settings;
  return (
    <Panel
      title="Ports"
      about="Forward them from your router to the shared address. Each further process takes the next port."
    >
      <div className={styles['stack']}>
        <Switch
          label="UDP, which is faster"
          checked={udp.enabled}
          onChange={(event) => draft.set('udp', { ...udp, enabled: event.currentTarget.checked })}
        />
        {udp.enabled ? (
          <div className={styles['grid']}>
            <NumberField
              label="UDP port"
              value={udp.port}
              min={1}
              max={65_535}
              onChange={(port) => draft.set('udp', { ...udp, port })}
            />
            <NumberField
              label="UDP processes"
              value={udp.processes}
              min={1}
              max={mostProcesses}
              onChange={(processes) => draft.set('udp', { ...udp, processes })}
            />
          </div>
        ) : null}
        <Switch
          label="TCP, which passes where UDP is filtered"
          checked={tcp.enabled}
          onChange={(event) => draft.set('tcp', { ...tcp, enabled: event.currentTarget.checked })}
        />
        {tcp.enabled ? (
          <div className={styles['grid']}>
            <NumberField
              label="TCP port"
              value={tcp.port}
              min={1}
              max={65_535}
              onChange={(port) => draft.set('tcp', { ...tcp, port })}
            />
            <NumberField
              label="TCP processes"
              value={tcp.processes}
              min={1}
              max={mostProcesses}
              onChange={(processes) => draft.set('tcp', { ...tcp, processes })}
            />
            <TextInput
              label="Hand other visitors on to"
              description="Who shares the TCP port: pages for these pages, a web server such as 127.0.0.1:8443, or empty for nobody"
              value={tcp.shareWith}
              onChange={(event) => draft.set('tcp', { ...tcp, shareWith: event.currentTarget.value.trim() })}
            />
          </div>
        ) : null}
        <Generic draft={draft} />
      </div>
    </Panel>
  );
}

/** For the profile with which every user may log in; it is given out on the page of users. */
function Generic({ draft }: { draft: Draft }) {
  const { generic } = draft.settings;
  return (
    <>
      <Switch
        label="A process for the generic profile, with which every user may log in"
        checked={generic.enabled}
        onChange={(event) => draft.set('generic', { ...generic, enabled: event.currentTarget.checked })}
      />
      {generic.enabled ? (
        <div className={styles['grid']}>
          <Select
            label="Generic profile over"
            data={[
              { value: 'udp', label: 'UDP' },
              { value: 'tcp', label: 'TCP' },
            ]}
            value={generic.protocol}
            allowDeselect={false}
            onChange={(value) =>
              draft.set('generic', { ...generic, protocol: value === 'tcp' ? 'tcp' : 'udp' })
            }
          />
          <NumberField
            label="Port of the generic profile"
            value={generic.port}
            min={1}
            max={65_535}
            onChange={(port) => draft.set('generic', { ...generic, port })}
          />
        </div>
      ) : null}
    </>
  );
}
