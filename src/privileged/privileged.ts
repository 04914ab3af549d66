import type { FirewallRequest, HeartbeatRequest, OpenvpnRequest, RecallRequest } from './channel.ts';

/** What the server can have done for it, from the server's side. Each resolves when it is done and throws what went wrong. */
export interface Privileged {
  runHeartbeat(heartbeat: HeartbeatRequest): Promise<void>;
  runOpenvpn(openvpn: OpenvpnRequest): Promise<void>;
  restartOpenvpn(name: string): Promise<void>;
  applyFirewall(firewall: FirewallRequest): Promise<void>;
  sendRecall(recall: RecallRequest): Promise<void>;
}
