/** A part of a JSON value: what it is called, in words, and what it holds; undefined where it is not there. */
type Leaves = ReadonlyMap<string, string>;

const units: Readonly<Record<string, string>> = {
  ms: 'ms',
  seconds: 's',
  minutes: 'minutes',
  days: 'days',
  megabytes: 'MB',
};
const acronyms: ReadonlySet<string> = new Set(['vhid', 'udp', 'tcp', 'dns', 'id']);
/** By which of its members an element of a list is told from the others. */
const names = ['name', 'host', 'nodeId', 'id'] as const;
const longestValue = 60;

/** What differs between two JSON texts, field by field: `advertisement interval 1000 ms → 100 ms`. */
export function jsonChangesInWords(before: string, after: string): string[] {
  const [old, now] = [leaves(JSON.parse(before)), leaves(JSON.parse(after))];
  return [...new Set([...now.keys(), ...old.keys()])]
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => `${name} ${old.get(name) ?? 'none'} → ${now.get(name) ?? 'none'}`);
}

/** The first things that a JSON text says, those on top alone and without what only machines read. */
export function jsonInWords(text: string): string[] {
  const value: unknown = JSON.parse(text);
  if (!isTree(value)) return [];
  const top = Object.entries(value).filter(
    ([key, part]) => !key.endsWith('Id') && !isTree(part) && !isTrees(part),
  );
  return [...leaves(Object.fromEntries(top))].map(([name, said]) => `${name} ${said}`);
}

/** What says nothing (an empty text or list, null) is left out, so that it reads as `none`. */
function leaves(whole: unknown): Leaves {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: readonly string[]): void => {
    if (value === null || value === undefined || value === '') return;
    if (isTrees(value)) {
      for (const [index, one] of value.entries()) walk(one, [...path, nameOf(one) ?? String(index + 1)]);
    } else if (isTree(value)) {
      for (const [key, part] of Object.entries(value)) walk(part, [...path, key]);
    } else if (!Array.isArray(value) || value.length > 0) {
      const [name, unit] = named(path);
      found.set(name, `${shown(value, path.at(-1))}${unit === undefined ? '' : ` ${unit}`}`);
    }
  };
  walk(whole, []);
  return found;
}

/** `['keepalive', 'pingSeconds']` becomes `keepalive ping`, in s. */
function named(path: readonly string[]): [name: string, unit: string | undefined] {
  const words = path.flatMap((part) => part.replaceAll(/([a-z])([A-Z])/g, '$1 $2').split(' '));
  const unit = units[words.at(-1)?.toLowerCase() ?? ''];
  const kept = unit === undefined || words.length === 1 ? words : words.slice(0, -1);
  return [kept.map(word).join(' '), words.length === 1 ? undefined : unit];
}

function word(text: string): string {
  const lower = text.charAt(0).toLowerCase() + text.slice(1);
  return acronyms.has(lower) ? lower.toUpperCase() : lower;
}

function shown(value: unknown, key: string | undefined): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (key?.endsWith('At') === true && typeof value === 'number') return new Date(value).toISOString();
  const text = Array.isArray(value) ? value.join(', ') : String(value).replaceAll('\n', '; ');
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function nameOf(value: unknown): string | undefined {
  if (!isTree(value)) return undefined;
  const name = names.map((one) => value[one]).find((one) => typeof one === 'string');
  return typeof name === 'string' ? name : undefined;
}

function isTrees(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some(isTree);
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
