import { Radio, Switch, TextInput } from '@mantine/core';
import { Panel } from '../look/page.tsx';
import { LinesField } from './lines-field.tsx';
import { NumberField } from './number-field.tsx';
import styles from './settings.module.css';
import type { Draft, KeepaliveChoiceView } from './settings.ts';
import { SettingsPage } from './settings-page.tsx';

/** Where clients may go, with which addresses, and how they prove who they are. */
export default function VpnPage() {
  return (
    <SettingsPage
      title="VPN"
      about="Where clients may go, with which addresses, and how they prove who they are."
    >
      {(draft, view) => (
        <>
          <Routing draft={draft} />
          <Names draft={draft} />
          <Outage draft={draft} presets={view.keepalive.presets} />
          <Logins draft={draft} />
        </>
      )}
    </SettingsPage>
  );
}

function Routing({ draft }: { draft: Draft }) {
  const { settings } = draft;
  return (
    <Panel title="Addresses and routes">
      <div className={styles['stack']}>
        <div className={styles['grid']}>
          <TextInput
            label="Network of the clients"
            description="Each profile keeps its own address of it"
            value={settings.network}
            onChange={(event) => draft.set('network', event.currentTarget.value.trim())}
          />
          <TextInput
            label="IPv6 network of the clients"
            description="Empty for none"
            value={settings.network6}
            onChange={(event) => draft.set('network6', event.currentTarget.value.trim())}
          />
        </div>
        <Radio.Group
          label="What goes through the VPN"
          value={settings.tunnel}
          onChange={(value) => draft.set('tunnel', value === 'full' ? 'full' : 'split')}
        >
          <div className={styles['presets']}>
            <Radio value="split" label="Only traffic to the networks below" />
            <Radio value="full" label="All traffic of the client, also to the Internet" />
          </div>
        </Radio.Group>
        <LinesField
          label="Networks that clients may reach"
          description="One a line, such as 10.0.0.0/24"
          value={settings.routes}
          onChange={(routes) => draft.set('routes', routes)}
        />
        <Radio.Group
          label="How clients appear there"
          value={settings.access}
          onChange={(value) => draft.set('access', value === 'routed' ? 'routed' : 'nat')}
        >
          <div className={styles['presets']}>
            <Radio value="nat" label="With the shared address (NAT): the networks need no route back" />
            <Radio
              value="routed"
              label="With their own VPN address: the networks need a route to the shared address, and can open connections to clients"
            />
          </div>
        </Radio.Group>
        <Switch
          label="Clients may reach each other"
          checked={settings.clientToClient}
          onChange={(event) => draft.set('clientToClient', event.currentTarget.checked)}
        />
        <Switch
          label="Packets through the kernel where it has OpenVPN's data channel (DCO)"
          description="Faster, but clients cannot be called back after a failure, and every profile has to be downloaded again"
          checked={settings.dataChannel === 'kernel'}
          onChange={(event) => draft.set('dataChannel', event.currentTarget.checked ? 'kernel' : 'process')}
        />
      </div>
    </Panel>
  );
}

function Names({ draft }: { draft: Draft }) {
  return (
    <Panel title="Names">
      <div className={styles['grid']}>
        <LinesField
          label="DNS servers"
          description="One address a line"
          value={draft.settings.dns}
          onChange={(dns) => draft.set('dns', dns)}
        />
        <LinesField
          label="Search domains"
          description="One a line, such as example.com"
          value={draft.settings.searchDomains}
          onChange={(searchDomains) => draft.set('searchDomains', searchDomains)}
        />
      </div>
    </Panel>
  );
}

function Outage({ draft, presets }: { draft: Draft; presets: readonly KeepaliveChoiceView[] }) {
  const { keepalive } = draft.settings;
  const chosen = presets.find(
    ({ ping, restart }) => ping === keepalive.ping && restart === keepalive.restart,
  );
  return (
    <Panel
      title="When a client hears nothing"
      about="Clients are called back at a takeover. This is for the one that cannot be called: how soon it notices by itself, and what that costs a telephone's battery."
    >
      <div className={styles['stack']}>
        <div className={styles['presets']} role="radiogroup" aria-label="How soon a client notices">
          {presets.map((preset) => (
            <label key={preset.name} className={styles['preset']}>
              <input
                type="radio"
                name="keepalive"
                checked={chosen?.name === preset.name}
                onChange={() => draft.set('keepalive', { ping: preset.ping, restart: preset.restart })}
              />
              <span className={styles['presetName']}>{preset.name}</span>
              <span>
                {preset.suits}; away for {preset.longestOutageSeconds} s at most, {preset.pingsPerHour} pings
                an hour
              </span>
            </label>
          ))}
        </div>
        <div className={styles['grid']}>
          <NumberField
            label="A ping every"
            unit="s"
            value={keepalive.ping}
            min={1}
            max={3_600}
            onChange={(ping) => draft.set('keepalive', { ...keepalive, ping })}
          />
          <NumberField
            label="Start over without an answer after"
            unit="s"
            value={keepalive.restart}
            min={2}
            max={86_400}
            onChange={(restart) => draft.set('keepalive', { ...keepalive, restart })}
          />
        </div>
      </div>
    </Panel>
  );
}

function Logins({ draft }: { draft: Draft }) {
  const { passwords, lockout, token } = draft.settings;
  return (
    <Panel title="Logins">
      <div className={styles['grid']}>
        <NumberField
          label="Shortest password"
          unit="characters"
          value={passwords.minimumLength}
          min={1}
          max={128}
          onChange={(minimumLength) => draft.set('passwords', { ...passwords, minimumLength })}
        />
        <NumberField
          label="Kinds of characters in a password"
          description="Of lower case, upper case, digits, others"
          value={passwords.minimumKinds}
          min={1}
          max={4}
          onChange={(minimumKinds) => draft.set('passwords', { ...passwords, minimumKinds })}
        />
        <NumberField
          label="Locked out after"
          unit="wrong answers"
          value={lockout.failures}
          min={1}
          max={100}
          onChange={(failures) => draft.set('lockout', { ...lockout, failures })}
        />
        <NumberField
          label="within"
          unit="minutes"
          value={lockout.windowMinutes}
          min={1}
          max={1_440}
          onChange={(windowMinutes) => draft.set('lockout', { ...lockout, windowMinutes })}
        />
        <NumberField
          label="for"
          unit="minutes"
          value={lockout.minutes}
          min={1}
          max={1_440}
          onChange={(minutes) => draft.set('lockout', { ...lockout, minutes })}
        />
        <NumberField
          label="Password asked again after"
          unit="hours"
          scale={3_600}
          value={token.lifetime}
          min={3_600}
          max={31_536_000}
          onChange={(lifetime) => draft.set('token', { ...token, lifetime })}
        />
        <NumberField
          label="Session proves itself anew every"
          description="A client that was away for twice this long needs its password"
          unit="minutes"
          scale={60}
          value={token.renewal}
          min={60}
          max={86_400}
          onChange={(renewal) => draft.set('token', { ...token, renewal })}
        />
      </div>
    </Panel>
  );
}
