import { readFileSync } from 'node:fs';
import { TandemError } from '../../core/errors.ts';
import { closest } from './closest.ts';
import { type Config, configSchema, fieldNames } from './schema.ts';

/**
 * Reads and checks a configuration file. Throws one `TandemError` that names the file and every field that is wrong.
 */
export function loadConfig(file: string): Config {
  return parseConfig(read(file), file);
}

/** The same for a text; `file` is only named in errors. */
export function parseConfig(text: string, file: string): Config {
  const result = configSchema.safeParse(parseJson(text, file), { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(describe);
  const unknown = result.error.issues.some((issue) => issue.code === 'unrecognized_keys');
  throw new TandemError({
    code: unknown ? 'heartbeat.config.unknown-field' : 'heartbeat.config.invalid',
    culprit: 'operator',
    message: `${file}: ${problems.join('; ')}`,
    hint: `correct the file, then: tandem heartbeat check --config ${file}`,
  });
}

type Issue = Extract<
  ReturnType<typeof configSchema.safeParse>,
  { success: false }
>['error']['issues'][number];

function describe(issue: Issue): readonly string[] {
  const path = issue.path.map((part, index) =>
    typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`,
  );
  const field = path.join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = closest(key, fieldNames);
      return `unknown field "${key}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
    });
  }
  if (issue.input === undefined && issue.code === 'invalid_type') {
    return [field === '' ? issue.message : `field "${field}" is missing: ${issue.message}`];
  }
  const value = JSON.stringify(issue.input);
  const shown =
    value === undefined || value.length > 60 || /^(authentication|carp)\b/.test(field)
      ? ''
      : ` (is ${value})`;
  return [`${field === '' ? 'the whole' : `field "${field}"`} ${issue.message}${shown}`];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TandemError({
      code: 'heartbeat.config.unreadable',
      culprit: 'operator',
      message: `cannot read the configuration ${file}: ${(cause as Error).message}`,
      hint: 'name an existing file with --config',
      cause,
    });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TandemError({
      code: 'heartbeat.config.not-json',
      culprit: 'operator',
      message: `${file} is not JSON: ${(cause as Error).message}`,
      hint: `correct the file, then: tandem heartbeat check --config ${file}`,
      cause,
    });
  }
}
