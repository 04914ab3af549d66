import type { Command } from 'commander';
import type { GroupChangesRequest, InheritableName } from '../../api/contract.ts';
import { TandemError } from '../../core/errors.ts';

/** The options that users and groups have in common, as commander reads them. */
export interface PropertyOptions {
  readonly administrator?: string;
  readonly autoLogin?: string;
  readonly oneTimeCode?: string;
  readonly expires?: string;
  readonly route?: readonly string[];
  /** False for `--no-routes`, as the next for `--no-access`. */
  readonly routes: boolean;
  readonly access?: readonly string[] | boolean;
  readonly inherit?: readonly string[];
}

export function addPropertyOptions(command: Command): Command {
  return command
    .option('--administrator <yes|no>', 'whether the user is one of the administrators')
    .option('--auto-login <yes|no>', 'whether profiles that need no password may be used')
    .option('--one-time-code <yes|no>', 'whether a one-time code is asked beside the password')
    .option(
      '--expires <time>',
      'after this date or time (2027-01-31, 2027-01-31T18:00:00Z) nobody gets in, or never',
    )
    .option('--route <network...>', "networks reached beside everybody's, instead of those from before")
    .option('--no-routes', 'no such networks any more')
    .option(
      '--access <rule...>',
      'all that may be reached, such as 10.20.0.0/16 "10.20.0.5 tcp 443", instead of what was said before; everything, or nothing',
    )
    .option(
      '--inherit <property...>',
      'say nothing of these any more, so that the group or everybody counts: administrator auto-login one-time-code expires routes access',
    );
}

/** @throws TandemError `cli.not-yes-or-no`, `cli.not-a-time`, `cli.unknown-property` */
export function propertyChanges(options: PropertyOptions): GroupChangesRequest {
  return {
    ...(options.administrator === undefined ? {} : { administrator: yesOrNo(options.administrator) }),
    ...(options.autoLogin === undefined ? {} : { autoLogin: yesOrNo(options.autoLogin) }),
    ...(options.oneTimeCode === undefined ? {} : { oneTimeCode: yesOrNo(options.oneTimeCode) }),
    ...(options.expires === undefined ? {} : { expiresAt: expiry(options.expires) }),
    ...(options.routes ? {} : { routes: [] }),
    ...(options.route === undefined ? {} : { routes: options.route }),
    ...(Array.isArray(options.access) ? { access: accessRules(options.access) } : {}),
    ...(options.inherit === undefined ? {} : { inherit: options.inherit.map(inheritable) }),
  };
}

/** @throws TandemError `cli.nothing-to-set` */
export function refuseNothing(changes: object, command: string): void {
  if (Object.keys(changes).length > 0) return;
  throw wrong('cli.nothing-to-set', 'Nothing to change was named.', `See: ${command} --help`);
}

function accessRules(words: readonly string[]): readonly string[] | null {
  if (words.length === 1 && words[0] === 'everything') return null;
  return words.length === 1 && words[0] === 'nothing' ? [] : words;
}

function inheritable(word: string): InheritableName {
  const known: Record<string, InheritableName> = {
    administrator: 'administrator',
    'auto-login': 'autoLogin',
    'one-time-code': 'oneTimeCode',
    expires: 'expiresAt',
    routes: 'routes',
    access: 'access',
  };
  const name = known[word];
  if (name !== undefined) return name;
  throw wrong(
    'cli.unknown-property',
    `${JSON.stringify(word)} is no property that can be inherited.`,
    `There are: ${Object.keys(known).join(', ')}`,
  );
}

/** @throws TandemError `cli.not-yes-or-no` */
export function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw wrong('cli.not-yes-or-no', `${JSON.stringify(text)} is neither yes nor no.`, 'Write yes or no');
}

/** A date alone means the end of that day, in UTC. */
function expiry(text: string): string | null {
  if (text === 'never') return null;
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(date) ? Date.parse(date) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw wrong(
    'cli.not-a-time',
    `${JSON.stringify(text)} is not a date or time.`,
    'Write 2027-01-31, 2027-01-31T18:00:00Z or never',
  );
}

function wrong(code: string, message: string, hint: string): TandemError {
  return new TandemError({ code, culprit: 'caller', message, hint });
}
