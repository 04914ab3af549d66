import { TandemError } from '../../core/errors.ts';
import { parseCommonName } from '../../core/openvpn/common-name.ts';
import { checkedAddress, networkWords, option, pushed } from './syntax.ts';

/** What the server reads about one client when it connects (`client-config-dir`). */
export interface ClientConfig {
  /** The client's own VPN address, the same on both nodes. */
  readonly address: string;
  /** The VPN network's mask in dotted form. */
  readonly netmask: string;
  /** Refuses the client, also one that holds a valid token. */
  readonly disabled: boolean;
  /** Further networks for this client alone, in CIDR form. */
  readonly routes: readonly string[];
}

/** @throws TandemError `access.openvpn.bad-value` */
export function renderClientConfigFile(client: ClientConfig): string {
  const address = checkedAddress('ifconfig-push', client.address);
  const lines = [
    option('ifconfig-push', address, checkedAddress('ifconfig-push', client.netmask)),
    ...client.routes.map((route) => pushed('route', ...networkWords('push route', route))),
  ];
  // With an address, a client that is being rejected would look like one that is in (in events and in the status).
  return client.disabled ? `${option('disable')}\n` : `${lines.join('\n')}\n`;
}

/**
 * The name of that file inside the directory: the certificate's common name.
 * @throws TandemError `access.openvpn.bad-common-name` for a text that is not `<username>:<profile>`
 */
export function clientConfigFileName(commonName: string): string {
  if (parseCommonName(commonName) !== undefined) return commonName;
  throw new TandemError({
    code: 'access.openvpn.bad-common-name',
    culprit: 'us',
    message: `Cannot keep a file for the client ${JSON.stringify(commonName)}: it is not <username>:<profile>`,
    hint: 'Issue the profile again',
  });
}
