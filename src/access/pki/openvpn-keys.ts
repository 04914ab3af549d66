import { spawn } from 'node:child_process';
import { TandemError } from '../../core/errors.ts';

const BOUND_MS = 10_000;
const MAX_OUTPUT = 65_536;

/** The key with which the servers of a pair unwrap their clients' keys (`tls-crypt-v2`). Secret. */
export function generateTlsCryptV2ServerKey(): Promise<string> {
  return generate('tls-crypt-v2-server', ['--genkey', 'tls-crypt-v2-server'], '');
}

/** The secret from which the servers make and check the tokens of logged-in clients (`auth-gen-token-secret`). */
export function generateAuthTokenSecret(): Promise<string> {
  return generate('auth-token', ['--genkey', 'auth-token'], '');
}

/** A key for one profile, wrapped with the server key. The server key travels inline on standard input. Secret. */
export function generateTlsCryptV2ClientKey(serverKeyPem: string): Promise<string> {
  const config = `genkey tls-crypt-v2-client\n<tls-crypt-v2>\n${serverKeyPem.trim()}\n</tls-crypt-v2>\n`;
  return generate('tls-crypt-v2-client', ['--config', 'stdin'], config);
}

function generate(kind: string, argv: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('openvpn', argv, { stdio: ['pipe', 'pipe', 'ignore'], timeout: BOUND_MS });
    let output = '';
    child.stdout.setEncoding('latin1');
    child.stdout.on('data', (text: string) => {
      if (output.length < MAX_OUTPUT) output += text;
    });
    child.on('error', (cause) => reject(failed(kind, 'the program cannot be started', cause)));
    child.on('close', (code) => {
      const pem = /-----BEGIN OpenVPN [^\n]+-----\n[\s\S]+-----END OpenVPN [^\n]+-----/.exec(output);
      if (code === 0 && pem !== null) resolve(`${pem[0]}\n`);
      else reject(failed(kind, `openvpn ended with code ${code}`, undefined));
    });
    // A program that ends early closes its side; what counts is its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function failed(kind: string, why: string, cause: unknown): TandemError {
  return new TandemError({
    code: 'access.pki.openvpn-keys',
    culprit: 'operator',
    message: `Cannot generate an OpenVPN key of the kind ${kind}: ${why}`,
    hint: 'Install OpenVPN 2.6 or later: apt-get install openvpn',
    cause,
  });
}
