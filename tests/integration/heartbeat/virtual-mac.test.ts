import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Host, Network, until } from '../network.ts';
import { HeartbeatNode } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24', client: '10.99.0.50/24' };
const MAC = '00:00:5e:00:01:33';
const virtualMac = { virtualMac: true, checksum: 'pseudo-header' };

/** What of ours, or of the card's settings, could be left on a host. */
async function kernelState(host: Host): Promise<string> {
  const settings = ['arp_ignore', 'arp_announce', 'rp_filter', 'arp_filter'];
  const values = await host.run('sysctl', ...settings.map((key) => `net.ipv4.conf.eth0.${key}`));
  const links = await host.run('ip', '-brief', 'link');
  const routes = await host.run('ip', 'route');
  return [values, links.replace(/eth0@\S+/g, 'eth0'), routes].join('\n');
}

/** The MAC that the client has for an address, after a ping that was answered. */
async function macOf(client: Host, address: string): Promise<string> {
  await client.run('ping', '-c1', '-W2', address);
  const shown = await client.run('ip', 'neigh', 'show', address);
  return /lladdr (\S+)/.exec(shown)?.[1] ?? '';
}

async function holder(host: Host): Promise<string | undefined> {
  const shown = await host.run('ip', '-o', '-4', 'address');
  return /\d+: (\S+) +inet 10\.99\.0\.100\//.exec(shown)?.[1];
}

describe('virtual MAC', { concurrency: 2 }, () => {
  it('frames leave with it, the address is reached by it, and everything is undone after a stop and after a kill', async () => {
    await using lan = await Network.create(hosts);
    const client = lan.host('client');
    const a = new HeartbeatNode(lan, 'node-a', { ...virtualMac, pair: true });
    const before = await kernelState(a.host);
    await a.start();
    await a.until('active', BOUND_MS);
    assert.equal(await holder(a.host), `vrrp4-51-${await indexOf(a.host)}`.slice(0, 15));
    assert.equal(await macOf(client, '10.99.0.100'), MAC);
    assert.notEqual(await macOf(client, '10.99.0.1'), MAC, 'its own address keeps its own MAC');
    const capture = await client.run('tcpdump', '-e', '-n', '-c', '3', '-i', 'eth0', 'ip proto 112');
    assert.equal(capture.match(new RegExp(`${MAC} > 01:00:5e:00:00:12`, 'g'))?.length, 3, capture);
    assert.equal(await a.stop(), 0);
    assert.equal(await kernelState(a.host), before);

    await a.start();
    await a.until('active', BOUND_MS);
    await a.host.kill(a.child!);
    await until(async () => (await holder(a.host)) === undefined, BOUND_MS, 'the lease ends');
    assert.notEqual(await kernelState(a.host), before, 'a kill leaves the interface, without the address');
    a.configure({ virtualMac: false });
    await a.start();
    await a.until('active', BOUND_MS);
    assert.equal(await holder(a.host), 'eth0');
    assert.equal(await a.stop(), 0);
    assert.equal(await kernelState(a.host), before);
  });

  it('an interface that somebody removes is made again', async () => {
    await using lan = await Network.create(hosts);
    const a = new HeartbeatNode(lan, 'node-a', { ...virtualMac, pair: true });
    await a.start();
    await a.until('active', BOUND_MS);
    const name = (await holder(a.host))!;
    await a.host.run('ip', 'link', 'delete', name);
    await until(async () => (await holder(a.host)) === name, BOUND_MS, 'the address is back');
    assert.equal(await macOf(lan.host('client'), '10.99.0.100'), MAC);
    assert.equal((await a.status()).state, 'active');
    assert.ok((await a.status()).counters['addressesPutBack']! > 0);
  });

  it('two nodes hear each other although they have the same MAC, and hand it over', async () => {
    await using lan = await Network.create(hosts);
    const client = lan.host('client');
    const a = new HeartbeatNode(lan, 'node-a', { ...virtualMac, pair: true });
    await a.start();
    await a.until('active', BOUND_MS);
    const b = new HeartbeatNode(lan, 'node-b', { ...virtualMac, pair: true, priority: 90 });
    await b.start();
    await until(async () => (await b.status()).peers.length > 0, BOUND_MS, 'node-b hears node-a');
    assert.equal(await macOf(client, '10.99.0.100'), MAC);
    assert.match(await b.host.run('ip', '-brief', 'link'), /vrrp4-51-\d+@eth0 +DOWN/);
    await a.ask({ command: 'resign' });
    await b.until('active', BOUND_MS);
    await client.run('ping', '-c3', '-i', '0.1', '-W2', '10.99.0.100');
    assert.equal(await holder(a.host), undefined);
    await until(async () => (await a.status()).state === 'standby', BOUND_MS, 'node-a is standby');
    // Both active after a split: each hears the other, though every frame has the MAC of its own.
    await lan.cut('node-b');
    await a.until('active', BOUND_MS);
    await lan.mend('node-b');
    await until(
      async () =>
        [await holder(a.host), await holder(b.host)].filter((name) => name !== undefined).length === 1,
      BOUND_MS,
      'one owner',
    );
  });

  it('beside keepalived with use_vmac: each takes over from the other', async () => {
    await using lan = await Network.create(hosts);
    const client = lan.host('client');
    const a = new HeartbeatNode(lan, 'node-a', { ...virtualMac, priority: 110 });
    await a.start();
    await a.until('active', BOUND_MS);
    const file = join(lan.directory, 'vmac.conf');
    writeFileSync(
      file,
      `global_defs {
  vrrp_version 3
  vrrp_garp_master_delay 0
}
vrrp_instance VI {
  state BACKUP
  interface eth0
  use_vmac
  virtual_router_id 51
  priority 100
  advert_int 0.1
  nopreempt
  virtual_ipaddress { 10.99.0.100/24 }
}
`,
    );
    const b = lan.host('node-b');
    // keepalived listens on its own interface, which has no address yet: that needs rp_filter off.
    for (const which of ['all', 'default', 'eth0'])
      await b.run('sysctl', '-w', `net.ipv4.conf.${which}.rp_filter=0`);
    const pid = (part: string): string => join(lan.directory, `${part}.pid`);
    const words = ['--dont-fork', '--log-console', '--vrrp', '--use-file', file];
    b.start('keepalived', ...words, '--pid', pid('keepalived'), '--vrrp_pid', pid('vrrp'));
    await until(async () => /vrrp/.test(await b.run('ip', '-brief', 'link')), BOUND_MS, 'keepalived runs');
    assert.equal(await macOf(client, '10.99.0.100'), MAC);
    assert.equal(await holder(b), undefined);
    await a.stop();
    await until(async () => (await holder(b)) !== undefined, BOUND_MS, 'keepalived takes over');
    // It answers with the MAC of its card as well.
    await client.run('ping', '-c1', '-W2', '10.99.0.100');
    await a.start();
    await until(async () => (await a.status()).peers.length > 0, BOUND_MS, 'we hear keepalived');
    assert.equal((await a.status()).state, 'standby');
    await b.killAll();
    await a.until('active', BOUND_MS);
    // What was killed keeps its interface and address, as keepalived does: out of the way with it.
    await lan.cut('node-b');
    assert.equal(await macOf(client, '10.99.0.100'), MAC);
  });

  it('over IPv6', async () => {
    await using lan = await Network.create(hosts);
    const virtualAddresses = ['fe80::200:5eff:fe00:233/64', '2001:db8::100/64'];
    for (const [name, own] of [
      ['node-a', '1'],
      ['client', '50'],
    ] as const) {
      await lan.host(name).run('ip', 'address', 'add', `2001:db8::${own}/64`, 'dev', 'eth0', 'nodad');
      await until(
        async () => !(await lan.host(name).run('ip', '-6', 'address', 'show', 'tentative')).includes('fe80'),
        BOUND_MS,
        `${name} has a link-local address`,
      );
    }
    const a = new HeartbeatNode(lan, 'node-a', { ...virtualMac, virtualAddresses, checksum: 'rfc9568' });
    const before = await kernelState(a.host);
    await a.start();
    await a.until('active', BOUND_MS);
    assert.equal(await macOf(lan.host('client'), '2001:db8::100'), '00:00:5e:00:02:33');
    const capture = await lan
      .host('client')
      .run('tcpdump', '-e', '-n', '-c', '2', '-i', 'eth0', 'ip6 proto 112');
    assert.match(capture, /00:00:5e:00:02:33 > 33:33:00:00:00:12/);
    assert.equal(await a.stop(), 0);
    assert.equal(await kernelState(a.host), before);
  });
});

async function indexOf(host: Host): Promise<number> {
  const [link] = JSON.parse(await host.run('ip', '-json', 'link', 'show', 'dev', 'eth0')) as {
    ifindex: number;
  }[];
  return link!.ifindex;
}
