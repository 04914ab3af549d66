import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Lab } from '../../../lab/lab.ts';
import { eventually, scratchLab, shell } from './scratch.ts';

let lab: Lab;
before(async () => {
  lab = await scratchLab('services', 0);
  await install(
    'beat',
    `Type=exec
EnvironmentFile=-/etc/default/beat
Environment=GREETING=hello
RuntimeDirectory=beat
ExecStart=/usr/local/bin/beat \${GREETING}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=100ms
KillMode=mixed
StartLimitIntervalSec=0`,
    `#!/bin/bash
trap 'echo reloaded' HUP
trap 'echo stopping; exit 0' TERM
echo "$1 $(ulimit -l) $HOME"
setsid sleep 1000 &
env -i sleep 1001 &
while :; do sleep 0.05; done`,
  );
  await install(
    'flop',
    `ExecStart=/usr/local/bin/flop
Restart=on-failure
RestartSec=10ms
StartLimitBurst=3`,
    `#!/bin/bash
echo try
exit 1`,
  );
});
after(() => lab.down());

async function install(name: string, service: string, program: string): Promise<void> {
  const unit = `[Unit]\nDescription=${name}\n[Service]\n${service}\n[Install]\nWantedBy=multi-user.target\n`;
  for (const [path, text] of [
    [`/etc/systemd/system/${name}.service`, unit],
    [`/usr/local/bin/${name}`, program],
  ] as const) {
    await lab.exec('node-a', ['tee', path], { input: `${text}\n` });
  }
  await shell(lab, 'node-a', `chmod 755 /usr/local/bin/${name}; systemctl daemon-reload`);
}

const mainPid = (): Promise<string> => shell(lab, 'node-a', 'systemctl show -p MainPID --value beat');
const sleepers = (): Promise<string> => shell(lab, 'node-a', "pgrep -fx 'sleep 100[01]' | wc -l");

test('ssh runs in a node from the start', async () => {
  assert.equal(await shell(lab, 'node-a', 'systemctl is-active ssh'), 'active');
  assert.equal(await shell(lab, 'node-b', 'systemctl is-enabled sshd'), 'enabled');
  assert.equal(
    await shell(lab, 'node-a', 'systemctl cat tandem | grep ^ExecStart='),
    'ExecStart=/usr/local/bin/tandem run',
  );
});

test('a service starts, reloads and stops with what it started', async () => {
  assert.equal((await lab.exec('node-a', ['systemctl', 'is-active', 'beat'])).code, 3);
  await shell(lab, 'node-a', 'systemctl start beat');
  assert.equal(await shell(lab, 'node-a', 'systemctl is-active beat.service'), 'active');
  await eventually('its output is in the log', async () =>
    (await shell(lab, 'node-a', 'cat /var/log/beat.log')).includes('hello'),
  );
  await eventually('its children run', async () => (await sleepers()) === '2');
  await shell(lab, 'node-a', 'test -d /run/beat; systemctl reload beat');
  await eventually('it reloaded', async () =>
    (await shell(lab, 'node-a', 'cat /var/log/beat.log')).includes('reloaded'),
  );
  await shell(lab, 'node-a', 'systemctl stop beat');
  assert.equal((await lab.exec('node-a', ['systemctl', 'is-active', 'beat'])).stdout, 'inactive\n');
  assert.equal(await sleepers(), '0');
  assert.match(await shell(lab, 'node-a', 'cat /var/log/beat.log'), /stopping/);
});

test('a service that is killed comes back, and nothing of its former life stays', async () => {
  await shell(lab, 'node-a', 'systemctl start beat');
  await eventually('its children run', async () => (await sleepers()) === '2');
  const old = await shell(lab, 'node-a', "pgrep -fx 'sleep 100[01]' | sort");
  const killed = await mainPid();
  await shell(lab, 'node-a', `kill -KILL ${killed}`);
  await eventually('it runs again', async () => !['0', killed].includes(await mainPid()));
  await eventually('its children run', async () => (await sleepers()) === '2');
  const now = await shell(lab, 'node-a', "pgrep -fx 'sleep 100[01]' | sort");
  assert.deepEqual(
    now.split('\n').filter((pid) => old.split('\n').includes(pid)),
    [],
  );
  await shell(lab, 'node-a', 'systemctl stop beat');
});

test('a service that keeps failing is given up', async () => {
  await lab.exec('node-a', ['systemctl', 'start', 'flop']);
  await eventually(
    'it failed',
    async () => (await lab.exec('node-a', ['systemctl', 'is-active', 'flop'])).stdout === 'failed\n',
  );
  assert.equal(await shell(lab, 'node-a', 'grep -c ^try /var/log/flop.log'), '3');
});

test('enabled services start at power-on, others do not', async () => {
  await shell(lab, 'node-a', 'systemctl enable --now beat');
  await shell(lab, 'node-a', 'systemctl restart beat');
  await lab.powerOff('node-a');
  await lab.powerOn('node-a');
  assert.equal(await shell(lab, 'node-a', 'systemctl is-active beat'), 'active');
  assert.equal(await shell(lab, 'node-a', 'systemctl is-active ssh'), 'active');
  await shell(lab, 'node-a', 'systemctl disable --now beat');
  await lab.powerOff('node-a');
  await lab.powerOn('node-a');
  assert.equal((await lab.exec('node-a', ['systemctl', 'is-active', 'beat'])).stdout, 'inactive\n');
});

test('process 1 reaps orphans', async () => {
  await shell(lab, 'node-a', 'for i in 1 2 3; do (sleep 0.3 &); done; pgrep -x sleep');
  await eventually(
    'no process is left, not even a zombie',
    async () => (await shell(lab, 'node-a', 'pgrep -x sleep || true')) === '',
  );
});
