import type { Logger } from 'pino';
import { REMOVE_FIREWALL, renderFirewall } from '../access/network/firewall.ts';
import type { Notice, RequestBody } from '../privileged/channel.ts';
import type { NodeConfig } from '../settings/node.ts';
import { ClientRoutesDuty } from './client-routes-duty.ts';
import { ConnectionTrackingDuty } from './connection-tracking-duty.ts';
import { HeartbeatDuty } from './heartbeat-duty.ts';
import type { KernelSettings } from './kernel-settings.ts';
import { applyRuleset } from './nft.ts';
import { endLeftoverOpenvpn, OpenvpnDuty } from './openvpn-duty.ts';
import { RecallDuty } from './recall-duty.ts';
import { StrangerWatch } from './stranger-watch.ts';

/** The privileged things a node does, one per request of `privileged/channel.ts`. */
export class Duties {
  readonly #heartbeat: HeartbeatDuty;
  readonly #openvpn: OpenvpnDuty;
  readonly #connections: ConnectionTrackingDuty;
  readonly #recall = new RecallDuty();
  readonly #watch: StrangerWatch;
  /** Takes what the server is told without having asked. */
  onNotice: (notice: Notice) => void = () => {};
  readonly #routes: ClientRoutesDuty;
  readonly #kernel: KernelSettings;

  constructor(node: NodeConfig, log: Logger, kernel: KernelSettings) {
    this.#kernel = kernel;
    this.#routes = new ClientRoutesDuty(log);
    this.#heartbeat = new HeartbeatDuty(node, log);
    this.#openvpn = new OpenvpnDuty(log);
    this.#watch = new StrangerWatch(log, (packets) => this.onNotice({ packets }));
    this.#connections = new ConnectionTrackingDuty(log);
  }

  /** Takes away what an earlier supervisor that was killed left behind. */
  async undoLeftovers(): Promise<void> {
    endLeftoverOpenvpn();
    await applyRuleset(REMOVE_FIREWALL);
  }

  async carryOut(
    body: Exclude<RequestBody, { readonly ask: 'listen' | 'lan.probe' | 'log.read' }>,
  ): Promise<void> {
    switch (body.ask) {
      case 'heartbeat.run':
        return this.#heartbeat.run(body.heartbeat);
      case 'heartbeat.stop':
        return this.#heartbeat.stop();
      case 'openvpn.run':
        this.#recall.prepare(body.openvpn);
        return this.#openvpn.run(body.openvpn);
      case 'openvpn.restart':
        return this.#openvpn.restart(body.name, body.hung);
      case 'openvpn.stop':
        return this.#openvpn.end(body.name);
      case 'client-routes.apply':
        return this.#routes.apply(body.routes);
      case 'firewall.apply':
        this.#watch.start();
        if (body.firewall.vpnNetwork6 !== '') this.#kernel.forwardIpv6(body.firewall.lanInterface);
        return applyRuleset(renderFirewall(body.firewall));
      case 'connections.run':
        return this.#connections.run(body.connections);
      case 'connections.follow':
        return this.#connections.follow(body.serving);
      case 'recall.send':
        return this.#recall.send(body.recall);
      case 'recall.tickle':
        return this.#recall.tickle(body.tickle);
      case 'recall.nudge':
        return this.#recall.nudge(body.nudge);
    }
  }

  /** The address first, so that the other node takes over at once; then what served on it. */
  async stopHeartbeat(): Promise<void> {
    await this.#heartbeat.stop();
  }

  async stop(): Promise<void> {
    this.#recall.stop();
    this.#watch.stop();
    await this.#connections.stop();
    this.#routes.stop();
    await this.#openvpn.stop();
    await applyRuleset(REMOVE_FIREWALL);
  }
}
