import { until } from '../../lab/demo/until.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Account } from './administration.ts';

const folder = '/run/storm';
const withinMs = 120_000;
/** What a client says when its attempt came to nothing (OpenVPN 2.6). */
const trouble = 'AUTH_FAILED|TLS Error|imeout|timed out|SIGUSR1|Restart';

/** All of them connect from one host at the same moment; answers when each was in, counted from there. */
export async function storm(
  lab: Lab,
  host: string,
  accounts: readonly Account[],
): Promise<{ readonly afterSeconds: readonly number[]; readonly troubles: number }> {
  const shell = async (line: string, input = ''): Promise<string> => {
    const result = await lab.exec(host, ['sh', '-c', line], { input, timeoutMs: 60_000 });
    if (result.code !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  await shell(`umask 077; mkdir -p ${folder}; exec sh`, accounts.map(filesOf).join(''));
  const startSeconds = Date.now() / 1_000;
  await shell(
    `for file in ${folder}/*.ovpn; do
      openvpn --config $file --auth-user-pass \${file%.ovpn}.login --dev null --ifconfig-noexec --route-noexec \
        --machine-readable-output --log \${file%.ovpn}.log </dev/null >/dev/null 2>&1 &
    done`,
  );
  const came = async (): Promise<number[]> => {
    const lines = await shell(`grep -h 'Initialization Sequence Completed' ${folder}/*.log || true`);
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Number(line.split(' ')[0]) - startSeconds);
  };
  await until(async () => (await came()).length >= accounts.length, withinMs, 'everybody', 1_000).catch(
    () => undefined,
  );
  const troubles = Number(await shell(`cat ${folder}/*.log | grep -cE '${trouble}' || true`));
  return { afterSeconds: await came(), troubles };
}

function filesOf({ user, password, profile }: Account): string {
  return `cat > ${folder}/${user}.ovpn <<'END'\n${profile}\nEND\nprintf '%s\\n' '${user}' '${password}' > ${folder}/${user}.login\n`;
}
