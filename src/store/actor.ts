/** Who made a change: a user, an administrator, a node; and from where (`cli`, `10.0.0.7`, `takeover`). */
export interface Actor {
  readonly name: string;
  readonly via: string;
}

/** The text that is hashed and kept. */
export function actorText(actor: Actor): string {
  return JSON.stringify({ name: actor.name, via: actor.via });
}
