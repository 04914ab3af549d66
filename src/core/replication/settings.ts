/** What an administrator decides about the copies. The same on both nodes. */
export interface ReplicationSettings {
  /** `require`: a change is refused while the other node would not have it. */
  readonly protection: 'prefer' | 'require';
  /** How long changes are kept whole, for a node that comes back, and how much of them. */
  readonly journalDays: number;
  readonly journalMegabytes: number;
  /** How long after that it can still be read who changed what, and how many changes of it. */
  readonly auditDays: number;
  readonly auditEntries: number;
}

export const defaultReplicationSettings: ReplicationSettings = {
  protection: 'prefer',
  journalDays: 30,
  journalMegabytes: 64,
  auditDays: 400,
  auditEntries: 200_000,
};
