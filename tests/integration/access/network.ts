import { execFileSync } from 'node:child_process';

/**
 * Three machines in namespaces of their own: `client` (198.51.100.2) reaches `server` over one cable, `office`
 * (10.99.0.50) over another. The virtual address 10.99.0.100 belongs on the server's `lan` and is not there at first.
 */
export class TestNetwork implements Disposable {
  static readonly virtualAddress = '10.99.0.100';
  readonly client: string;
  readonly server: string;
  readonly office: string;

  constructor() {
    const id = `${process.pid % 100_000}`;
    this.client = `ta-client-${id}`;
    this.server = `ta-server-${id}`;
    this.office = `ta-office-${id}`;
    for (const host of [this.client, this.server, this.office]) {
      ip('netns', 'add', host);
      ip('-n', host, 'link', 'set', 'lo', 'up');
    }
    this.#cable('wan', '198.51.100.1/24', this.client, '198.51.100.2/24');
    this.#cable('lan', '10.99.0.1/24', this.office, '10.99.0.50/24');
    ip('-n', this.client, 'route', 'add', `${TestNetwork.virtualAddress}/32`, 'via', '198.51.100.1');
    this.exec(this.server, 'sysctl', '-qw', 'net.ipv4.ip_nonlocal_bind=1', 'net.ipv4.ip_forward=1');
  }

  #cable(device: string, serverAddress: string, host: string, hostAddress: string): void {
    const end = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', host];
    ip('link', 'add', device, 'netns', this.server, ...end);
    ip('-n', this.server, 'addr', 'add', serverAddress, 'dev', device);
    ip('-n', this.server, 'link', 'set', device, 'up');
    ip('-n', host, 'addr', 'add', hostAddress, 'dev', 'eth0');
    ip('-n', host, 'link', 'set', 'eth0', 'up');
  }

  holdVirtualAddress(): void {
    ip('-n', this.server, 'addr', 'add', `${TestNetwork.virtualAddress}/24`, 'dev', 'lan');
  }

  /** Runs a program to its end in a namespace and returns its standard output; throws when it fails. */
  exec(host: string, program: string, ...argv: readonly string[]): string {
    return ip('netns', 'exec', host, program, ...argv);
  }

  /** The client's address in the VPN, or undefined while it has none. */
  vpnAddress(): string | undefined {
    const text = ip('-n', this.client, '-4', '-o', 'addr', 'show');
    return /tun\d+\s+inet ([0-9.]+)\//.exec(text)?.[1];
  }

  [Symbol.dispose](): void {
    for (const host of [this.client, this.server, this.office]) {
      try {
        ip('netns', 'del', host);
      } catch {
        // Was never made.
      }
    }
  }
}

function ip(...argv: readonly string[]): string {
  try {
    return execFileSync('ip', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw new Error(`this test needs root, iproute2 and network namespaces: ip ${argv.join(' ')} failed`, {
      cause,
    });
  }
}
