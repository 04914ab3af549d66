/** Of OpenVPN; versions from `from` to before `fixed` have it. As of {@link lookedAt}. */
interface KnownHole {
  readonly name: string;
  readonly side: 'server' | 'client';
  readonly from: string;
  readonly fixed: string;
  readonly what: string;
  /** Where the project says so. */
  readonly source: string;
}

/** When somebody last looked. Distributions mend older versions without changing their number. */
const lookedAt = '2026-11-22';

const holes: readonly KnownHole[] = [
  {
    name: 'CVE-2025-13086',
    side: 'server',
    from: '2.6.0',
    fixed: '2.6.16',
    what: 'the check of the cookie of a handshake lets any address through',
    source: 'https://community.openvpn.net/Security%20Announcements/CVE-2025-13086',
  },
  {
    name: 'CVE-2025-2704',
    side: 'server',
    from: '2.6.1',
    fixed: '2.6.14',
    what: 'packets with tls-crypt-v2 can end the server',
    source: 'https://community.openvpn.net/Security%20Announcements/CVE-2025-2704',
  },
  {
    name: 'CVE-2024-28882',
    side: 'server',
    from: '2.6.0',
    fixed: '2.6.11',
    what: 'a client can keep a session that was to end',
    source: 'https://community.openvpn.net/Security%20Announcements/CVE-2024-28882',
  },
  ...(['2.0', '2.6.0'] as const).map((from, index) => ({
    name: 'CVE-2024-5594',
    side: 'client' as const,
    from,
    fixed: ['2.5.11', '2.6.11'][index] ?? from,
    what: 'a server can write what it likes into the log of a client',
    source: 'https://community.openvpn.net/Security%20Announcements/CVE-2024-5594',
  })),
  {
    name: 'CVE-2023-46850',
    side: 'server',
    from: '2.6.0',
    fixed: '2.6.7',
    what: 'memory is used after it was freed and may be sent to the other side',
    source: 'https://community.openvpn.net/Security%20Announcements/CVE-2023-46850',
  },
  ...(['2.6.0', '2.7.0'] as const).map((from, index) => ({
    name: 'CVE-2026-13122',
    side: 'server' as const,
    from,
    fixed: ['2.6.22', '2.7.5'][index] ?? from,
    what: 'a client with a token can end a server that asks a program about tokens (Tandem does not)',
    source: 'https://community.openvpn.net/ReleaseHistory',
  })),
];

/** In one sentence, for whoever runs that version; undefined when nothing is known against it. */
export function adviceOn(side: KnownHole['side'], version: string | undefined): string | undefined {
  const found = knownHoles(side, version);
  if (found.length === 0) return undefined;
  const names = found.map(({ name, fixed }) => `${name} (mended in ${fixed})`).join(', ');
  return `OpenVPN ${version} by its number has ${names}; a distribution may have mended it under the same number. As of ${lookedAt}`;
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
