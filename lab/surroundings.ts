import { dirname } from 'node:path';

/** The directory of the project's checkout on this machine. */
export const checkout: string = dirname(import.meta.dirname);

/**
 * In the environment of every process that the lab starts to last, so that a later run finds what a crash
 * left behind, however far the state file had got.
 */
export function marker(stateDirectory: string): Readonly<Record<'TANDEM_LAB_PROCESS_OF', string>> {
  return { TANDEM_LAB_PROCESS_OF: stateDirectory };
}

/** What a program in a host finds in its environment; nothing of the caller's own gets in but the terminal. */
export const hostEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  LANG: 'C.UTF-8',
  ...(process.env['TERM'] === undefined ? {} : { TERM: process.env['TERM'] }),
};
