import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Network, until } from '../network.ts';
import { HeartbeatNode } from './node.ts';

const BOUND_MS = 15_000;
const hosts = { 'node-a': '10.99.0.1/24', 'node-b': '10.99.0.2/24' };

describe('hooks', () => {
  it('run in order after the fact, as configured, and nothing waits for a slow one', async () => {
    await using lan = await Network.create(hosts);
    const out = join(lan.directory, 'out');
    const hook = join(lan.directory, 'hook');
    writeFileSync(
      hook,
      `#!/bin/sh\nsleep 1\necho "$1 $TANDEM_STATE $TANDEM_FROM $TANDEM_CAUSE $TANDEM_VHID $(env | grep -vc '^PWD\\|^SHLVL\\|^_=\\|^OLDPWD')" >> ${out}\n`,
    );
    chmodSync(hook, 0o755);
    const node = new HeartbeatNode(lan, 'node-a', {
      hooks: {
        active: [hook, 'a word; with $signs'],
        standby: ['/nonexistent'],
        fault: [hook, 'broken'],
      },
    });
    await node.start();
    await node.until('active', BOUND_MS);
    await lan.cut('node-a');
    await node.until('fault', BOUND_MS);
    await until(
      () => existsSync(out) && readFileSync(out, 'utf8').trim().split('\n').length === 2,
      BOUND_MS,
      'both hooks have run',
    );
    assert.deepEqual(readFileSync(out, 'utf8').trim().split('\n'), [
      'a word; with $signs active standby silence 51 7',
      'broken fault active link-down 51 7',
    ]);
    await lan.mend('node-a');
    await node.until('active', BOUND_MS);
    node.configure({ hooks: { active: [], standby: [hook, 'stopped'], fault: [] } });
    node.child?.kill('SIGHUP');
    await until(() => node.log.includes('"reloaded"'), BOUND_MS, 'the new hooks are in force');
    assert.equal(await node.stop(), 0);
    await until(
      () => readFileSync(out, 'utf8').includes('stopped init active stopped'),
      BOUND_MS,
      'the hook of a node that stopped runs on after it',
    );
    await until(
      () => node.log.includes('standby hook /nonexistent failed'),
      BOUND_MS,
      'the hook that cannot run is in the log',
    );
  });
});

describe('a recording', () => {
  it('of a takeover replays to the same trace', async () => {
    await using lan = await Network.create(hosts);
    const file = join(lan.directory, 'recording');
    const active = new HeartbeatNode(lan, 'node-a', { pair: true });
    await active.start();
    await active.until('active', BOUND_MS);
    const standby = new HeartbeatNode(lan, 'node-b', { pair: true, priority: 90 });
    await standby.start('--record', file);
    await until(async () => (await standby.status()).peers.length > 0, BOUND_MS, 'it hears the active');
    await active.stop();
    await standby.until('active', BOUND_MS);
    const { transitions } = await standby.status();
    await standby.stop();
    const trace = await standby.tandem('heartbeat', 'replay', file);
    const replayed = trace
      .split('\n')
      .filter((line) => line.startsWith('  transition'))
      .map((line) => /: (\S+)/.exec(line)?.[1]);
    assert.deepEqual(replayed, [...transitions.map(({ cause }) => cause).reverse(), 'stopped']);
    assert.match(
      trace,
      /datagram from 10\.99\.0\.1 by multicast\n {2}claim 10\.99\.0\.100\/24 for 1 s\n {2}announce/,
    );
    assert.equal(trace, await standby.tandem('heartbeat', 'replay', file));
    await assert.rejects(standby.tandem('heartbeat', 'replay', standby.configFile), /is not a recording/);
  });
});
