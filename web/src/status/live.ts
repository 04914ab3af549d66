import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { StatusView } from '../../../src/api/contract.ts';
import { certificatesKey } from '../certificates/certificates.ts';
import { webCertificateKey } from '../certificates/web-certificate.ts';
import { clientsKey } from '../clients/clients.ts';
import { followersKey } from '../followers/followers.ts';
import { groupsKey } from '../groups/groups.ts';
import { journalKey } from '../history/history.ts';
import { usersKey } from '../users/users.ts';
import { historyKey, overviewKey, statusKey } from './status.ts';

/** The node tells its status every second: after so long without it the connection is lost. */
const silenceMs = 3_000;
const lookMs = 500;
/** Changes that come together are asked for together. */
const gatherMs = 500;

/** What shows something of which table of the data. */
const shownFrom: Readonly<Record<string, readonly QueryKey[]>> = {
  user: [usersKey, groupsKey],
  user_group: [groupsKey, usersKey],
  login_trace: [usersKey],
  certificate: [certificatesKey, usersKey],
  client_address: [usersKey],
  identity: [webCertificateKey],
  setting: [webCertificateKey, followersKey],
};
const everyChange: readonly QueryKey[] = [journalKey];
/** Another node serves, or the same one again. */
const everyRole: readonly QueryKey[] = [overviewKey, historyKey, clientsKey, usersKey];

/**
 * Listens to what happens on the node (server-sent events) for as long as the page can be seen: its status, who comes and
 * goes, what is changed. When nothing is heard any more, the questions that every page repeats go on by themselves, and a new
 * connection is made, after a takeover to the other node. A hidden page listens to nothing: browsers open few connections.
 */
export function useLiveEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const connection = new LiveConnection(client);
    const follow = (): void => connection.listen(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', follow);
    follow();
    return () => {
      document.removeEventListener('visibilitychange', follow);
      connection.listen(false);
    };
  }, [client]);
}

class LiveConnection {
  readonly #client: QueryClient;
  readonly #stale = new Map<string, QueryKey>();
  #source: EventSource | undefined;
  #heardAt = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  listen(wanted: boolean): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#close();
    if (!wanted) return;
    this.#open();
    this.#watch = setInterval(() => {
      if (performance.now() - this.#heardAt < silenceMs) return;
      this.#close();
      this.#open();
    }, lookMs);
  }

  #open(): void {
    this.#heardAt = performance.now();
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    const on = (event: string, then: (data: unknown) => void): void =>
      source.addEventListener(event, (message) => {
        this.#heardAt = performance.now();
        then(JSON.parse((message as MessageEvent<string>).data));
      });
    on('status', (data) => this.#status(data as StatusView));
    on('sessions', () => this.#outdated([clientsKey, overviewKey]));
    on('journal', (data) => {
      const { tables } = data as { readonly tables: readonly string[] };
      this.#outdated([...everyChange, ...tables.flatMap((table) => shownFrom[table] ?? [])]);
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #status(status: StatusView): void {
    const before = this.#client.getQueryData<StatusView>(statusKey);
    this.#client.setQueryData(statusKey, status);
    const moved =
      before?.node !== status.node || before.role !== status.role || before.epoch !== status.epoch;
    if (before !== undefined && moved) this.#outdated(everyRole);
  }

  #outdated(keys: readonly QueryKey[]): void {
    for (const key of keys) this.#stale.set(JSON.stringify(key), key);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      for (const queryKey of this.#stale.values()) void this.#client.invalidateQueries({ queryKey });
      this.#stale.clear();
    }, gatherMs);
  }
}
