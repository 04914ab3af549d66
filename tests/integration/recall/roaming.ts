import type { Lab } from '../../../lab/lab.ts';

const host = 'client-1';

async function inClient(lab: Lab, line: string): Promise<void> {
  const made = await lab.exec(host, ['sh', '-c', line]);
  if (made.code !== 0) throw new Error(`${line}: ${made.stderr}`);
}

/** From now on the client sends from another address of its network, in the middle of its session. */
export async function changeAddress(lab: Lab, last: number): Promise<void> {
  const address = `203.0.113.${last}`;
  await inClient(
    lab,
    `ip address replace ${address}/24 dev eth0 && ip route replace 203.0.113.0/24 dev eth0 src ${address}`,
  );
  await inClient(
    lab,
    'nft delete table ip router 2>/dev/null; conntrack -D -p udp --dport 1194 >/dev/null 2>&1 || true',
  );
}

/** From now on a router before the client sends from another port, as one does that was restarted. */
export async function changePort(lab: Lab, port: number): Promise<void> {
  const rules = `table ip router
delete table ip router
table ip router {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "eth0" udp dport 1194 masquerade to :${port}
  }
}
`;
  const made = await lab.exec(host, ['nft', '-f', '-'], { input: rules });
  if (made.code !== 0) throw new Error(made.stderr);
  await inClient(lab, 'conntrack -D -p udp --dport 1194 >/dev/null 2>&1 || true');
}
