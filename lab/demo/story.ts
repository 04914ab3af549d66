import type { Lab } from '../lab.ts';
import type { NodeName } from '../topology.ts';
import { addressGapBoundMs } from './bound.ts';
import { InnerConnection } from './inner-connection.ts';
import { standsBy, statusOf, tandem } from './node-commands.ts';
import { OwnerProbe } from './owner-probe.ts';
import { PingProbe } from './ping-probe.ts';
import type { Promises } from './promises.ts';
import { addUser, pair, profileOf } from './set-up.ts';
import { until } from './until.ts';
import { VpnClient } from './vpn-client.ts';

/** What one move of the active role did to a connected client and to the data. */
export interface MoveFigures {
  readonly addressGapMs: number;
  readonly tunnelGapMs: number;
  readonly sameClientAddress: boolean;
  readonly innerTcpSurvived: boolean;
  readonly loggedInAgain: boolean;
  readonly lastWriteKept: boolean;
  readonly oneOwnerAtATime: boolean;
}

export interface ReturnFigures {
  readonly standby: boolean;
  readonly caughtUp: boolean;
  readonly caughtUpMs: number;
}

export interface Figures {
  readonly powerLoss: MoveFigures;
  readonly switchover: MoveFigures;
  readonly return: ReturnFigures;
}

const recoveryTimeoutMs = 60_000;
const returnTimeoutMs = 60_000;
/**
 * Beyond the address's own gap: a recalled client is back after 20 to 100 ms; if its answer is lost, it repeats it after 2 s
 * (OpenVPN's own timer). A client that nobody recalls would need 5 s.
 */
const recallBoundMs = 3_000;

/** The probes and the client that watch the pair from outside, as its users do. */
export interface Watchers {
  readonly client: VpnClient;
  readonly tunnel: PingProbe;
  readonly address: PingProbe;
  readonly owner: OwnerProbe;
}

export async function startWatching(
  lab: Lab,
  account: { user: string; password: string; profile: string },
): Promise<Watchers> {
  const client = await VpnClient.connect(lab, 'client-1', account);
  if (!client.connected) throw new Error(`the first login of ${account.user} was refused`);
  const watchers = {
    client,
    tunnel: new PingProbe(lab, 'client-1', pair.office, 20),
    address: new PingProbe(lab, 'gateway', pair.virtualAddress, 5),
    owner: new OwnerProbe(lab, 'gateway', pair.virtualAddress),
  };
  const all = (): boolean =>
    [watchers.tunnel, watchers.address].every((probe) => probe.answersWithin(500) > 5) &&
    watchers.owner.answersSince(0) > 2;
  await until(all, 20_000, 'answers through the tunnel and from the virtual address');
  return watchers;
}

export async function stopWatching(watchers: Watchers): Promise<void> {
  watchers.tunnel.stop();
  watchers.address.stop();
  watchers.owner.stop();
  await watchers.client.disconnect();
}

/** The same story for every way the role can move: `move` makes it happen and the rest measures. */
async function measureMove(
  lab: Lab,
  watchers: Watchers,
  story: { from: NodeName; to: NodeName; newUser: string; move: () => Promise<void> },
): Promise<MoveFigures> {
  const { client, tunnel, address, owner } = watchers;
  const before = { questions: client.passwordQuestions, address: client.address };
  const connection = await InnerConnection.open(lab, 'client-1', pair.office);
  const written = await addUser(lab, story.from, story.newUser);
  if (!written.protected) throw new Error(`adding ${story.newUser} was acknowledged by one node only`);

  const movedAtMs = Date.now();
  await story.move();
  await until(
    async () => (await statusOf(lab, story.to))?.role === 'active',
    recoveryTimeoutMs,
    `${story.to} to be active`,
  );
  const recovered = (): boolean =>
    tunnel.lastAnswerMs > movedAtMs + 500 && Date.now() - tunnel.lastAnswerMs < 200;
  await until(
    () => Date.now() > movedAtMs + 3_000 && recovered(),
    recoveryTimeoutMs,
    'the tunnel to work again',
  );
  // Both gaps are over by now; the connection inside has still to send again by its own clock (TCP retransmission).
  const gaps = {
    addressGapMs: Math.round(address.longestGapMs(movedAtMs)),
    tunnelGapMs: Math.round(tunnel.longestGapMs(movedAtMs)),
  };
  const innerTcpSurvived = await connection.carriesDataAfter(Date.now(), recoveryTimeoutMs);
  connection.close();
  return {
    ...gaps,
    sameClientAddress: before.address !== undefined && client.address === before.address,
    innerTcpSurvived,
    loggedInAgain: client.passwordQuestions > before.questions,
    lastWriteKept: await canLogIn(lab, story.to, { user: story.newUser, password: written.password }),
    oneOwnerAtATime: owner.ownersSince(movedAtMs - 1_000).length === 2 && owner.answersSince(movedAtMs) > 10,
  };
}

/** A real login from the second client, on the node that is active now. */
async function canLogIn(
  lab: Lab,
  node: NodeName,
  account: { user: string; password: string },
): Promise<boolean> {
  const profile = await profileOf(lab, node, account.user);
  const client = await VpnClient.connect(lab, 'client-2', { ...account, profile });
  const { connected } = client;
  await client.disconnect();
  return connected;
}

export function powerLoss(lab: Lab, watchers: Watchers, from: NodeName, to: NodeName): Promise<MoveFigures> {
  return measureMove(lab, watchers, {
    from,
    to,
    newUser: 'added-before-power-loss',
    move: () => lab.powerOff(from),
  });
}

export function switchover(lab: Lab, watchers: Watchers, from: NodeName, to: NodeName): Promise<MoveFigures> {
  return measureMove(lab, watchers, {
    from,
    to,
    newUser: 'added-before-switchover',
    move: async () => void (await tandem(lab, from, ['switchover'])),
  });
}

/** The node that lost its power comes back: as standby, with everything that happened meanwhile. */
export async function comeBack(lab: Lab, returning: NodeName, active: NodeName): Promise<ReturnFigures> {
  const startedMs = Date.now();
  await lab.powerOn(returning);
  const caughtUp = async (): Promise<boolean> => {
    const [there, here] = await Promise.all([statusOf(lab, returning), statusOf(lab, active)]);
    return here?.protected === true && standsBy(there) && there?.position.sequence === here.position.sequence;
  };
  let caught = true;
  await until(caughtUp, returnTimeoutMs, `${returning} to catch up`).catch(() => {
    caught = false;
  });
  const role = (await statusOf(lab, returning))?.role;
  const stillActive = (await statusOf(lab, active))?.role === 'active';
  return { standby: role === 'standby' && stillActive, caughtUp: caught, caughtUpMs: Date.now() - startedMs };
}

export function checkMove(promises: Promises, name: string, figures: MoveFigures): void {
  promises.check(
    `${name}: the address moves within 3 × interval + skew + 50 ms`,
    figures.addressGapMs <= addressGapBoundMs,
    `${figures.addressGapMs} ms, at most ${Math.round(addressGapBoundMs)} ms`,
  );
  promises.check(
    `${name}: the client is called back at once`,
    figures.tunnelGapMs <= figures.addressGapMs + recallBoundMs,
    `the tunnel was away for ${figures.tunnelGapMs} ms`,
  );
  promises.check(
    `${name}: the client keeps its VPN address`,
    figures.sameClientAddress,
    yes(figures.sameClientAddress),
  );
  promises.check(
    `${name}: no new login`,
    !figures.loggedInAgain,
    figures.loggedInAgain ? 'password asked again' : 'not asked',
  );
  promises.check(
    `${name}: an open TCP connection survives`,
    figures.innerTcpSurvived,
    yes(figures.innerTcpSurvived),
  );
  promises.check(
    `${name}: the last acknowledged change is kept`,
    figures.lastWriteKept,
    yes(figures.lastWriteKept),
  );
  promises.check(
    `${name}: one owner of the address at a time`,
    figures.oneOwnerAtATime,
    yes(figures.oneOwnerAtATime),
  );
}

export function checkReturn(promises: Promises, figures: ReturnFigures): void {
  promises.check('return: the node comes back as standby', figures.standby, yes(figures.standby));
  promises.check('return: it catches up', figures.caughtUp, `${figures.caughtUpMs} ms after power on`);
}

function yes(kept: boolean): string {
  return kept ? 'yes' : 'NO';
}
