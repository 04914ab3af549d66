import { createIdentity } from '../../src/accounts/identity.ts';
import type { ConnectedClient } from '../../src/core/openvpn/connected-client.ts';
import type { Actor } from '../../src/store/actor.ts';
import type { Transaction } from '../../src/store/transaction.ts';
import { type ServedNode, serveNode } from '../../tests/unit/api/served-node.ts';
import type { Lifetime } from '../../tests/unit/store/workspace.ts';

export const userCount = 5_000;
const sessionCount = 1_000;
const groupCount = 50;
/** As long as those of a real profile. */
const certificateText = 'certificate '.repeat(90);
const keyText = 'key '.repeat(80);
const hashText = `$argon2id$${'hash'.repeat(22)}`;
/** People in one change: a change has a largest size. */
const portion = 1_000;
const lifetimeMs = 825 * 86_400_000;

const root: Actor = { name: 'root', via: 'cli' };
export const boss = { name: 'boss', password: 'right horse battery' };

/** A node with as many people as it is made for, each with a profile; one in five is connected. */
export async function crowdedNode(lifetime: Lifetime): Promise<ServedNode> {
  const served = await serveNode(lifetime);
  const { node, store } = served;
  const now = Date.now();
  store.write(root, await createIdentity(new Date(now)));
  await node.users.add(root, boss);
  await node.users.set(root, boss.name, { administrator: true });
  store.write(root, ({ groups }) => {
    for (let at = 0; at < groupCount; at += 1)
      groups.add({ name: `group-${at}`, properties: { routes: ['10.20.0.0/16'] }, createdAt: now });
  });
  for (let from = 0; from < userCount; from += portion)
    store.write(root, (transaction) => {
      for (let at = from; at < from + portion; at += 1) addPerson(transaction, at, now);
    });
  const sessions = Array.from({ length: sessionCount }, (_, at) => sessionOf(at * 5, now));
  // In the place of OpenVPN, which would need a thousand clients.
  node.sessions = () => sessions;
  return served;
}

function addPerson({ users, certificates, clientAddresses }: Transaction, at: number, now: number): void {
  const { name, commonName, ipv4 } = person(at);
  users.add({ name, passwordHash: hashText, blocked: at % 97 === 0, createdAt: now });
  users.change(name, { group: `group-${at % groupCount}` });
  certificates.add({
    serial: (at + 1).toString(16).padStart(16, '0'),
    commonName,
    userName: name,
    profileName: 'default',
    certificate: certificateText,
    privateKey: keyText,
    tlsCryptV2Key: certificateText,
    notAfter: now + lifetimeMs,
  });
  clientAddresses.assign(commonName, ipv4);
}

/** The person in that place of the list. */
export function person(at: number): { name: string; commonName: string; ipv4: string } {
  const name = `person-${String(at).padStart(4, '0')}`;
  return { name, commonName: `${name}:default`, ipv4: `10.8.${(at >> 8) + 1}.${at & 255}` };
}

function sessionOf(at: number, now: number): ConnectedClient {
  const { name, ipv4 } = person(at);
  return {
    id: `udp-${at}`,
    user: name,
    profile: 'default',
    process: 'udp',
    realAddress: `203.0.113.${at & 255}`,
    realPort: 20_000 + at,
    vpnAddress: ipv4,
    sinceSeconds: Math.floor(now / 1_000) - at,
    bytesReceived: at * 1_000,
    bytesSent: at * 5_000,
    clientVersion: '2.6.14',
    clientPlatform: 'linux',
  };
}
