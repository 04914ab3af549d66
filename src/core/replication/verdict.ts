import type { Head } from './position.ts';

/** What one node found in its own copy at one position. */
export interface Survey {
  readonly head: Head;
  /** The data format; copies in different formats cannot be compared. */
  readonly schema: number;
  /** One digest for each table. */
  readonly tables: Readonly<Record<string, string>>;
  /** What is wrong with the copy by itself, in words; empty when nothing was found. */
  readonly faults: readonly string[];
}

/** `unknown`: the copies differ and each looks sound by itself. */
type Damaged = 'active' | 'standby' | 'both' | 'unknown';

export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'incomparable'; readonly why: string }
  | {
      readonly kind: 'different';
      readonly damaged: Damaged;
      /** The tables whose content is not the same; may be empty where a copy is damaged in its structure alone. */
      readonly tables: readonly string[];
      readonly faults: readonly string[];
    };

/** Compares two copies at an equal position. */
export function judge(active: Survey, standby: Survey): Verdict {
  if (active.head.hash !== standby.head.hash)
    return { kind: 'incomparable', why: 'they were read at different positions' };
  if (active.schema !== standby.schema) {
    return {
      kind: 'incomparable',
      why: `they are in different data formats (${active.schema} and ${standby.schema}) while one node is being upgraded`,
    };
  }
  const names = new Set([...Object.keys(active.tables), ...Object.keys(standby.tables)]);
  const tables = [...names].filter((name) => active.tables[name] !== standby.tables[name]).sort();
  const faults = [...active.faults, ...standby.faults];
  if (tables.length === 0 && faults.length === 0) return { kind: 'equal' };
  return { kind: 'different', damaged: whose(active, standby), tables, faults };
}

function whose(active: Survey, standby: Survey): Damaged {
  if (active.faults.length > 0) return standby.faults.length > 0 ? 'both' : 'active';
  return standby.faults.length > 0 ? 'standby' : 'unknown';
}

/** Whether a standby fetches a new copy: never from a node whose own copy is the damaged one. */
export function standbyFetchesAnew(verdict: Verdict): boolean {
  return verdict.kind === 'different' && (verdict.damaged === 'standby' || verdict.damaged === 'unknown');
}

/** One sentence for log, command and page. `active` and `standby` are the names of the nodes. */
export function verdictInWords(verdict: Verdict, active: string, standby: string): string {
  if (verdict.kind === 'equal') return `${active} and ${standby} hold the same.`;
  if (verdict.kind === 'incomparable') return `The copies could not be compared: ${verdict.why}.`;
  const where = verdict.tables.length === 0 ? '' : ` (${verdict.tables.join(', ')})`;
  const what = verdict.faults.length === 0 ? '' : `: ${verdict.faults.join('; ')}`;
  switch (verdict.damaged) {
    case 'active':
      return `The copy on ${active} is DAMAGED${where}${what}. ${standby} holds a sound one: make it active (tandem switchover), then ${active} fetches a new copy by itself.`;
    case 'standby':
      return `The copy on ${standby} is DAMAGED${where}${what}. It is replaced by a new one from ${active}.`;
    case 'both':
      return `The copies on ${active} and ${standby} are BOTH DAMAGED${where}${what}. Check the disks and restore a backup.`;
    case 'unknown':
      return `The copies on ${active} and ${standby} DIFFER${where}. The one on ${standby} is kept aside and replaced.`;
  }
}
