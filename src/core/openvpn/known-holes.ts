/** Of OpenVPN; versions from `from` to before `fixed` have it. As of {@link lookedAt}. */
interface KnownHole {
  readonly name: string;
  readonly side: 'server' | 'client';
  readonly from: string;
  readonly fixed: string;
  readonly what: string;
}

/** When somebody last looked. Distributions mend older versions without changing their number. */
const lookedAt = '2026-11-23';

const bothSides = ['server', 'client'] as const;

/** The branches that have it, each from where to where. */
function onBranches(
  hole: Omit<KnownHole, 'from' | 'fixed'>,
  branches: readonly (readonly [from: string, fixed: string])[],
): readonly KnownHole[] {
  return branches.map(([from, fixed]) => ({ ...hole, from, fixed }));
}

/**
 * Those that concern a server or client as Tandem sets it up. Source: the "Security fixes" of each release in Changes.rst of
 * https://github.com/OpenVPN/openvpn (branches release/2.5, release/2.6 and release/2.7); of CVE-2025-13086 the commit fa6a1824,
 * which the tag v2.6.16 has and v2.6.15 has not.
 */
const holes: readonly KnownHole[] = [
  ...[
    ['CVE-2026-13698', 'packets with a tls-crypt-v2 key can fill the memory'],
    ['CVE-2026-12932', 'packets with a tls-crypt-v2 key can fill the memory'],
    ['CVE-2026-13117', 'a sequence of packets of a renegotiation has memory used after it was freed'],
    ['CVE-2026-12996', 'a well-timed sequence of packets has memory used after it was freed'],
    [
      'CVE-2026-13122',
      'a client with a token can end a server that asks a program about tokens (Tandem does not)',
    ],
  ].flatMap(([name = '', what = '']) =>
    onBranches({ name, what, side: 'server' }, [
      ['2.6.0', '2.6.21'],
      ['2.7.0', '2.7.5'],
    ]),
  ),
  ...[
    ['CVE-2026-40215', 'packets of an earlier handshake may be sent to another client'],
    ['CVE-2026-35058', 'a packet with a valid tls-crypt-v2 key can end the server'],
  ].flatMap(([name = '', what = '']) =>
    onBranches({ name, what, side: 'server' }, [
      ['2.6.0', '2.6.20'],
      ['2.7.0', '2.7.2'],
    ]),
  ),
  {
    name: 'CVE-2025-13086',
    side: 'server',
    from: '2.6.0',
    fixed: '2.6.16',
    what: 'the check of the cookie of a handshake lets any address through',
  },
  {
    name: 'CVE-2025-2704',
    side: 'server',
    from: '2.6.1',
    fixed: '2.6.14',
    what: 'packets with tls-crypt-v2 can end the server',
  },
  {
    name: 'CVE-2024-28882',
    side: 'server',
    from: '2.6.0',
    fixed: '2.6.11',
    what: 'a client can keep a session that was to end',
  },
  ...bothSides.flatMap((side) =>
    onBranches({ name: 'CVE-2024-5594', side, what: 'the other side can write what it likes into the log' }, [
      ['2.0', '2.5.11'],
      ['2.6.0', '2.6.11'],
    ]),
  ),
  ...bothSides.map((side) => ({
    ...{ name: 'CVE-2023-46850', side, from: '2.6.0', fixed: '2.6.7' },
    what: 'memory is used after it was freed and may be sent to the other side',
  })),
];

/** In one sentence, for whoever runs that version; undefined when nothing is known against it. */
export function adviceOn(side: KnownHole['side'], version: string | undefined): string | undefined {
  const found = knownHoles(side, version);
  if (found.length === 0) return undefined;
  const byRelease = [...Map.groupBy(found, ({ fixed }) => fixed)].map(
    ([fixed, some]) => `${fixed} (${some.map(({ name }) => name).join(', ')})`,
  );
  return `OpenVPN ${version} by its number lacks what was mended in ${byRelease.join(' and ')}; a distribution may have mended it under the same number. As of ${lookedAt}`;
}

/** The holes that a version has on that side, by its number; none for a text that is no version of OpenVPN 2. */
export function knownHoles(side: KnownHole['side'], version: string | undefined): readonly KnownHole[] {
  const number = version === undefined ? undefined : parsed(version);
  if (number === undefined || number[0] !== 2) return [];
  return holes.filter(
    (hole) =>
      hole.side === side && order(number, parsed(hole.from)) >= 0 && order(number, parsed(hole.fixed)) < 0,
  );
}

function parsed(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? undefined : match.slice(1).map((part) => Number(part ?? 0));
}

function order(a: readonly number[], b: readonly number[] | undefined): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
