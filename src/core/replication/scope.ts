/** What of one table may leave: columns by name, and where `rows` is given only rows with one of these keys. */
export interface TableScope {
  readonly columns: readonly string[];
  readonly rows?: { readonly column: string; readonly values: readonly string[] };
}

/** What may leave, by table. Whatever is not named here stays: a table or column that is added later too. */
export type Scope = Readonly<Record<string, TableScope>>;

export const scopeNames = ['accounts', 'certificates'] as const;
export type ScopeName = (typeof scopeNames)[number];

const certificate: TableScope = {
  columns: [
    'serial',
    'common_name',
    'user_name',
    'profile_name',
    'certificate',
    'not_after',
    'kind',
    'revoked_at',
    'revocation_reason',
  ],
};
const authority: TableScope = {
  columns: ['name', 'value'],
  rows: { column: 'name', values: ['ca-certificate'] },
};
/** How the pair is reached and who its nodes are: a follower pins their host keys. */
const settings: TableScope = {
  columns: ['name', 'value'],
  rows: { column: 'name', values: ['pair', 'vpn'] },
};

/** No scope lets a private key out: neither the authority's, nor the server's, nor a client's. */
export const scopes: Readonly<Record<ScopeName, Scope>> = {
  /** Who may be in, and with what: users with their credentials, groups, certificates with their revocation, addresses. */
  accounts: {
    user: {
      columns: [
        'name',
        'password_hash',
        'blocked',
        'created_at',
        'administrator',
        'expires_at',
        'routes',
        'password_changed_at',
        'one_time_key',
        'group_name',
        'properties',
      ],
    },
    user_group: { columns: ['name', 'properties', 'created_at'] },
    certificate,
    client_address: { columns: ['common_name', 'ipv4'] },
    identity: authority,
    setting: settings,
  },
  /** Which certificates there are and which are revoked; no password, no one-time key, no user. */
  certificates: { certificate, identity: authority, setting: settings },
};
