import { randomUUID } from 'node:crypto';
import { TandemError } from '../core/errors.ts';
import { canonicalPrefix, neighbourOf } from '../core/net/shared-address.ts';
import { parseIpv4, parseNetwork } from '../core/openvpn/ipv4.ts';
import { type PairProtocol, protocolObjection } from '../core/vrrp/pair-protocol.ts';
import { installAuthorizedKey } from '../replication/keys/authorized-keys.ts';
import { fingerprint, parsePublicKey, readHostKey } from '../replication/keys/public-key.ts';
import { ensureReplicationKey } from '../replication/keys/replication-key.ts';
import { newHeartbeatKeys, writeHeartbeatKeys } from '../settings/heartbeat-keys.ts';
import { bareAddress, bareNetwork } from '../settings/network.ts';
import type { NodeConfig } from '../settings/node.ts';
import type { PairNode, PairSettings, SecondPath } from '../settings/pair.ts';
import { paths } from '../settings/paths.ts';
import { type PairTuning, tunedPair } from './change/change-plan.ts';
import { checkSecondPath, prefixesOf } from './change/own-interfaces.ts';
import { type Introduction, type PairingRequest, pairingAnswerSchema } from './pairing-contract.ts';
import { writePairingFile } from './pairing-file.ts';
import { otherVersion, peerRefused } from './peer-refusal.ts';
import { type Remote, runRemotely } from './remote-command.ts';
import { forgetPair } from './unpairing.ts';

/** Which of two that claim at the same moment wins: the primary node. RFC 9568 §5.2.4: the default of a backup is 100. */
const priorities = { primary: 110, failover: 100 } as const;

/** What the administrator decides about a pair. */
export interface PairWish extends PairTuning {
  readonly virtualAddress: string;
  readonly vhid: number;
  readonly address6?: string | undefined;
  readonly protocol?: PairProtocol | undefined;
  readonly virtualMac?: boolean | undefined;
  readonly peer: Remote;
  readonly secondPath?: { readonly own: SecondPath; readonly peer: SecondPath } | undefined;
}

/** How this node introduces itself; makes its replication key when there is none. */
async function introduce(node: NodeConfig, productVersion: string): Promise<Introduction> {
  const key = await ensureReplicationKey(paths.sshDirectory);
  return {
    nodeId: node.nodeId,
    name: node.name,
    address: node.address,
    interface: node.interface,
    productVersion,
    hostKey: await readHostKey(paths.sshHostKey),
    replicationKey: key.publicKey,
  };
}

/**
 * The primary's side of pairing: checks the wish, reaches the other machine once over SSH, has it accept, and lets its
 * key in. Returns the setting to write; nothing about this node's role or service changes here.
 * @throws TandemError `pair.virtual-address.*`, `pair.change.invalid`, `pair.change.second-path`, `pair.ssh.*`, `pair.peer.*`
 */
export async function pairWith(
  { node, productVersion, epoch }: { node: NodeConfig; productVersion: string; epoch: number },
  wish: PairWish,
): Promise<{ settings: PairSettings; hostKeyFingerprint: string }> {
  checkVirtualAddress(node, wish);
  checkSecondPath(node.name, wish.secondPath?.own);
  const own = await introduce(node, productVersion);
  const pairId = randomUUID();
  const heartbeatKeys = newHeartbeatKeys();
  const settings = (peer: Introduction): PairSettings =>
    firstPair({ pairId, heartbeatKey: heartbeatKeys.activeKey, own, peer }, wish);
  // What the wish itself lacks is said before anybody is told of it.
  const planned = settings({ ...own, name: 'the other node' });
  const { address6 } = planned;
  if (address6 !== undefined) checkSharedIpv6(node, address6);
  const objection = protocolObjection(planned);
  if (objection !== undefined) throw invalidProtocol(objection);
  const second = wish.secondPath?.peer;
  const request: PairingRequest = { pairId, epoch, node: own, heartbeatKeys, address6, second };
  const result = await runRemotely(
    wish.peer,
    '/usr/local/bin/tandem failover accept --json',
    JSON.stringify(request),
  );
  if (result.code !== 0) throw peerRefused(wish.peer, result.code, result.stderr);
  const peer = readAnswer(wish.peer, result.stdout);
  if (peer.nodeId === own.nodeId) throw sameNode(wish.peer.address);
  if (peer.hostKey !== result.hostKey) throw otherHostKey(wish.peer.address);
  await installAuthorizedKey({ home: paths.stateDirectory, publicKey: peer.replicationKey });
  writeHeartbeatKeys(paths.heartbeatKeys, heartbeatKeys);
  return {
    settings: settings(peer),
    hostKeyFingerprint: fingerprint(parsePublicKey(peer.hostKey).blob),
  };
}

/** Takes the acceptance back, when the pair was not made after all; what fails here shows at the next attempt. */
export async function callOff(peer: Remote): Promise<void> {
  await forgetPair();
  await runRemotely(peer, '/usr/local/bin/tandem failover forget --json', '').catch(() => undefined);
}

/** The failover node's side: lets the primary's key in and remembers the pair. */
export async function acceptPairing(
  node: NodeConfig,
  request: PairingRequest,
  productVersion: string,
): Promise<Introduction> {
  if (request.node.nodeId === node.nodeId) throw sameNode(request.node.address);
  if (request.node.productVersion !== productVersion) {
    throw otherVersion(productVersion, request.node.productVersion);
  }
  if (request.address6 !== undefined) checkSharedIpv6(node, request.address6);
  if (request.node.name === node.name) throw sameName(node.name);
  checkSecondPath(node.name, request.second);
  const own = await introduce(node, productVersion);
  await installAuthorizedKey({ home: paths.stateDirectory, publicKey: request.node.replicationKey });
  writeHeartbeatKeys(paths.heartbeatKeys, request.heartbeatKeys);
  const { nodeId, name, address } = request.node;
  const { pairId, epoch } = request;
  writePairingFile(paths.pairing, { pairId, epoch, peer: { nodeId, name, address } });
  return own;
}

/** The pair as it would be without any wish, and then with it. */
function firstPair(
  made: { pairId: string; heartbeatKey: number; own: Introduction; peer: Introduction },
  { virtualAddress, vhid, peer: remote, secondPath, protocol, virtualMac, ...tuning }: PairWish,
): PairSettings {
  const { pairId, heartbeatKey, own, peer } = made;
  const standard = { advertisementIntervalMs: 1_000, leaseSeconds: 2 };
  const nodes = [
    pairNode(own, priorities.primary, 22),
    pairNode(peer, priorities.failover, remote.port),
  ] as const;
  return tunedPair(
    {
      ...{ pairId, virtualAddress, vhid, ...standard, heartbeatKey, nodes },
      ...(protocol === undefined || protocol === 'vrrp3' ? {} : { protocol }),
      ...(virtualMac === true ? { virtualMac } : {}),
    },
    secondPath === undefined
      ? tuning
      : { ...tuning, secondPath: { [own.name]: secondPath.own, [peer.name]: secondPath.peer } },
  );
}

function pairNode(node: Introduction, priority: number, port: number): PairNode {
  const { nodeId, name, address, hostKey } = node;
  return { nodeId, name, address, interface: node.interface, priority, ssh: { port, hostKey } };
}

/** @throws TandemError `pair.virtual-address.invalid` */
export function checkVirtualAddress(
  node: NodeConfig,
  wish: { readonly virtualAddress: string; readonly peer: { readonly address: string } },
): void {
  const address = bareAddress(wish.virtualAddress);
  const lan = bareNetwork(node.address, node.prefixLength);
  const network = parseNetwork(lan);
  const value = parseIpv4(address);
  const inLan =
    network !== undefined && value !== undefined && bareNetwork(address, node.prefixLength) === lan;
  const problem = !inLan
    ? `is not in the LAN of this node, ${lan}`
    : address === node.address || address === wish.peer.address
      ? "is a node's own address"
      : wish.virtualAddress.endsWith(`/${node.prefixLength}`)
        ? undefined
        : `should have the prefix length of the LAN, /${node.prefixLength}`;
  if (problem === undefined) return;
  throw new TandemError({
    code: 'pair.virtual-address.invalid',
    culprit: 'caller',
    message: `The virtual address ${wish.virtualAddress} ${problem}. Nothing was changed.`,
    hint: `Choose an unused address of ${lan}`,
  });
}

/** @throws TandemError `pair.address6.invalid` */
export function checkSharedIpv6(
  node: Pick<NodeConfig, 'name' | 'interface'>,
  shared: string,
  own: readonly string[] = prefixesOf(node.interface),
): void {
  const near = neighbourOf(shared, own);
  if (near !== undefined && canonicalPrefix(near) !== shared) return;
  throw new TandemError({
    code: 'pair.address6.invalid',
    culprit: 'caller',
    message:
      near === undefined
        ? `${node.name} has no address of its own in the network of ${shared} on ${node.interface}. Nothing was changed.`
        : `${shared} is an address of ${node.name} itself. Nothing was changed.`,
    hint: 'Choose an unused address of a network in which both nodes have one: ip -6 address show',
  });
}

function invalidProtocol(objection: string): TandemError {
  return new TandemError({
    code: 'pair.protocol.invalid',
    culprit: 'caller',
    message: `${objection} Nothing was changed.`,
    hint: 'See: tandem failover set --help',
  });
}

function readAnswer(peer: Remote, stdout: string): Introduction {
  try {
    return pairingAnswerSchema.parse(JSON.parse(stdout)).node;
  } catch (cause) {
    throw new TandemError({
      code: 'pair.peer.malformed',
      culprit: 'peer',
      message: `The tandem command on ${peer.address} answered in a form this version does not know.`,
      hint: 'Compare the versions on both nodes: tandem --version',
      cause,
    });
  }
}

function sameNode(address: string): TandemError {
  return new TandemError({
    code: 'pair.peer.same-node',
    culprit: 'operator',
    message: `${address} has the node id of this machine: it is this machine, or a copy of its disk. Nothing was changed.`,
    hint: 'On a copied machine run tandem init again',
  });
}

function sameName(name: string): TandemError {
  return new TandemError({
    code: 'pair.peer.same-name',
    culprit: 'operator',
    message: `Both nodes are called ${name}: nobody could tell them apart. Nothing was changed.`,
    hint: 'Set the second machine up with another name: tandem init --name NAME --erase DELETE',
  });
}

function otherHostKey(address: string): TandemError {
  return new TandemError({
    code: 'pair.peer.host-key',
    culprit: 'operator',
    message: `The SSH host key that ${address} presented is not the one that the machine there has: something stands in between. Nothing was changed.`,
    hint: 'Check the address, and that its port is not forwarded to another machine',
  });
}
