import type { Server } from 'node:net';
import type { ClientRoute } from '../core/vpn/client-routes.ts';
import type { ProbeAnswer, ProbeRequest } from '../validation/contract.ts';
import type {
  ConnectionTrackingRequest,
  EndpointRequest,
  FirewallRequest,
  HeartbeatRequest,
  ListenRequest,
  OpenvpnRequest,
  RecallRequest,
  WatchedPacket,
} from './channel.ts';

/**
 * What the server can have done for it, from the server's side. Each resolves when it is done and throws what went wrong; what brings
 * clients back is done without a reply, and the supervisor logs what it could not do.
 */
export interface Privileged {
  runHeartbeat(heartbeat: HeartbeatRequest): Promise<void>;
  /** The node is in no pair any more: its virtual address goes. */
  stopHeartbeat(): Promise<void>;
  runOpenvpn(openvpn: OpenvpnRequest): Promise<void>;
  /** `hung`: it answers nobody any more and is not asked to end. */
  restartOpenvpn(name: string, hung: boolean): Promise<void>;
  stopOpenvpn(name: string): Promise<void>;
  /** All routes to clients that are wanted, instead of those from before. */
  applyClientRoutes(routes: readonly ClientRoute[]): Promise<void>;
  applyFirewall(firewall: FirewallRequest): Promise<void>;
  runConnectionTracking(connections: ConnectionTrackingRequest): Promise<void>;
  /** Tells the connection tracking whether this node serves the clients now. */
  followConnections(serving: boolean): Promise<void>;
  /** Called with what the kernel copied; how much that is, is limited there. */
  onPackets(listener: (packets: readonly WatchedPacket[]) => void): void;
  /** An empty TCP segment to the client, from the address and port of its OpenVPN. */
  sendTickle(tickle: EndpointRequest): void;
  /** A packet that says nothing, from the client to its OpenVPN, so that this looks after the client now. */
  nudge(nudge: EndpointRequest): void;
  sendRecall(recall: RecallRequest): void;
  /** The port, open already; connections come as its events. */
  listen(listen: ListenRequest): Promise<Server>;
  /** Looks at the LAN and at this machine for a validation; changes nothing. */
  probeLan(probe: ProbeRequest): Promise<ProbeAnswer>;
  /** The last lines that all processes of this node logged, oldest first. */
  readLog(lines: number): Promise<string[]>;
}
