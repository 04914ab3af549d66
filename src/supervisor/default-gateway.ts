import { readFileSync } from 'node:fs';

const RTF_UP_GATEWAY = 0x3;

/** The gateway of the IPv4 default route when that leaves by `interfaceName`; undefined when there is none. */
export function defaultGateway(
  interfaceName: string,
  routes: string = readFileSync('/proc/net/route', 'utf8'),
): string | undefined {
  const found = routes
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter(
      ([name, destination, , flags, , , , mask]) =>
        name === interfaceName &&
        destination === '00000000' &&
        mask === '00000000' &&
        (Number.parseInt(flags ?? '', 16) & RTF_UP_GATEWAY) === RTF_UP_GATEWAY,
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]));
  const gateway = found[0]?.[2];
  // Eight hexadecimal digits in the byte order of the machine: proc_net(5).
  return gateway === undefined ? undefined : Buffer.from(gateway, 'hex').reverse().join('.');
}
