import { defaultGroup, type Properties } from '../core/accounts/properties.ts';
import { TandemError } from '../core/errors.ts';
import type { Actor } from '../store/actor.ts';
import type { Group } from '../store/group/group.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import { unknownGroup } from './errors.ts';
import { type PropertyWishes, withWishes } from './property-wishes.ts';
import type { Write } from './write.ts';

/** A group with the names of its members. */
export interface GroupWithMembers extends Group {
  readonly members: readonly string[];
}

export interface GroupWishes extends PropertyWishes {
  readonly blocked?: boolean | undefined;
}

/** Groups of users. `default` is always there: what is said of it counts for everybody. */
export class UserGroups {
  readonly #store: Store;
  readonly #write: Write;
  readonly #now: () => number;

  constructor(parts: { store: Store; write: Write; now: () => number }) {
    this.#store = parts.store;
    this.#write = parts.write;
    this.#now = parts.now;
  }

  /** `default` first, then by name. */
  list(): GroupWithMembers[] {
    const members = Map.groupBy(this.#store.users.list(), (user) => user.group ?? defaultGroup);
    const named = this.#store.groups.list().filter((group) => group.name !== defaultGroup);
    return [this.#everybody(), ...named].map((group) => ({
      ...group,
      members: (members.get(group.name) ?? []).map((user) => user.name),
    }));
  }

  /** @throws TandemError `store.group.unknown` */
  show(name: string): GroupWithMembers {
    const group = name === defaultGroup ? this.#everybody() : this.#store.groups.find(name);
    if (group === undefined) throw unknownGroup(name);
    const members =
      name === defaultGroup
        ? this.#store.users.list().flatMap((user) => (user.group === undefined ? [user.name] : []))
        : this.#store.users.inGroup(name);
    return { ...group, members };
  }

  /** @throws TandemError `store.group.name`, `store.group.exists` */
  async add(actor: Actor, name: string): Promise<{ protected: boolean }> {
    if (name === defaultGroup) throw always('made');
    return this.#write(actor, (transaction) =>
      transaction.groups.add({ name, properties: {}, createdAt: this.#now() }),
    );
  }

  /** @throws TandemError `store.group.unknown`, and what `withWishes` throws */
  async set(actor: Actor, name: string, wishes: GroupWishes): Promise<{ protected: boolean }> {
    const { blocked, ...rest } = wishes;
    return this.#write(actor, (transaction) => {
      const group = this.#forChange(transaction, name);
      const next: Properties = withWishes(group.properties, rest, this.#now());
      transaction.groups.setProperties(name, blocked === undefined ? next : { ...next, blocked });
    });
  }

  /** Its members are in no group but that of everybody from then on. @throws TandemError `store.group.unknown`, `accounts.group.always` */
  async remove(actor: Actor, name: string): Promise<{ protected: boolean }> {
    if (name === defaultGroup) throw always('removed');
    return this.#write(actor, (transaction) => {
      transaction.groups.remove(name);
      for (const member of transaction.users.inGroup(name))
        transaction.users.change(member, { group: undefined });
    });
  }

  #everybody(): Group {
    return this.#store.groups.find(defaultGroup) ?? { name: defaultGroup, properties: {}, createdAt: 0 };
  }

  #forChange(transaction: Transaction, name: string): Group {
    const group = transaction.groups.find(name);
    if (group !== undefined) return group;
    if (name !== defaultGroup) throw unknownGroup(name);
    const fresh: Group = { name, properties: {}, createdAt: this.#now() };
    transaction.groups.add(fresh);
    return fresh;
  }
}

function always(what: string): TandemError {
  return new TandemError({
    code: 'accounts.group.always',
    culprit: 'caller',
    message: `The group ${defaultGroup} is everybody's: it is always there and cannot be ${what}.`,
    hint: `To change what counts for everybody: tandem group set ${defaultGroup} --help`,
  });
}
