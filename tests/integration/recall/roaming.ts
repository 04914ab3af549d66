import type { Lab } from '../../../lab/lab.ts';

const host = 'client-1';

/** From now on the client sends from another address of its network, in the middle of its session. */
export async function changeAddress(lab: Lab, last: number): Promise<void> {
  const address = `203.0.113.${last}`;
  const line = `ip address replace ${address}/24 dev eth0 && ip route replace 203.0.113.0/24 dev eth0 src ${address}`;
  const made = await lab.exec(host, ['sh', '-c', line]);
  if (made.code !== 0) throw new Error(`${line}: ${made.stderr}`);
}

/**
 * From now on a router before the client sends from another port, as one does that was restarted: what still comes for
 * the port it used before is dropped. Without connection tracking, so that the change is one step: deleting what the
 * kernel tracks races with the packets under way, which make entries anew, for the old port too.
 */
export async function changePort(lab: Lab, port: number): Promise<void> {
  const rules = `table ip router
delete table ip router
table ip router {
  chain leaving {
    type filter hook output priority raw
    udp dport 1194 notrack
  }
  chain left {
    type filter hook postrouting priority srcnat
    udp dport 1194 udp sport set ${port}
  }
  chain coming {
    type filter hook prerouting priority raw
    udp sport 1194 udp dport != ${port} drop
    udp sport 1194 notrack udp dport set ${await localPort(lab)}
  }
}
`;
  const made = await lab.exec(host, ['nft', '-f', '-'], { input: rules });
  if (made.code !== 0) throw new Error(made.stderr);
}

/** The port of the client's own socket. */
export async function localPort(lab: Lab): Promise<number> {
  const { stdout } = await lab.exec(host, ['ss', '-Hunap']);
  const port = /:(\d+)\s+\S+\s+users:\(\("openvpn"/.exec(stdout)?.[1];
  if (port === undefined) throw new Error(`OpenVPN has no socket: ${stdout}`);
  return Number(port);
}
