import { spawn } from 'node:child_process';
import { TandemError } from '../core/errors.ts';

const timeoutMs = 10_000;

/**
 * Feeds a ruleset to `nft -f -`: one transaction, all of it or nothing (nft(8)).
 * @throws TandemError `firewall.refused` with nft's own words, `firewall.missing-program`.
 */
export async function applyRuleset(ruleset: string): Promise<void> {
  const { code, complaint } = await runNft(ruleset);
  if (code === 0) return;
  throw new TandemError({
    code: 'firewall.refused',
    culprit: 'operator',
    message: `nft did not take the firewall table: ${complaint.trim() || `exit code ${code}`}`,
    hint: 'Check that the kernel has nftables with NAT: nft list ruleset',
  });
}

function runNft(ruleset: string): Promise<{ code: number | null; complaint: string }> {
  return new Promise((resolve, reject) => {
    const nft = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'], timeout: timeoutMs });
    let complaint = '';
    nft.stderr.setEncoding('utf8');
    nft.stderr.on('data', (text: string) => {
      complaint = (complaint + text).slice(0, 4_096);
    });
    nft.on('error', (cause) =>
      reject(
        new TandemError({
          code: 'firewall.missing-program',
          culprit: 'operator',
          message: `nft cannot be run: ${cause.message}`,
          hint: 'Install it: apt-get install nftables',
          cause,
        }),
      ),
    );
    nft.on('close', (code) => resolve({ code, complaint }));
    nft.stdin.on('error', () => {});
    nft.stdin.end(ruleset);
  });
}
