import { existsSync, renameSync, rmSync } from 'node:fs';
import { paths } from '../settings/paths.ts';

const kept = [paths.nodeConfig, paths.stateDirectory] as const;

/** The configuration from before, out of the way until the new one stands. */
export interface SetAside {
  /** Puts everything back as it was. */
  readonly restore: () => void;
  /** Deletes it for good. */
  readonly discard: () => void;
}

const beside = (path: string): string => `${path}.before-init`;

/** Moves what makes this machine a node aside, in renames; one that a set-up which was killed left there is put back first. */
export function setAside(): SetAside {
  const moved: string[] = [];
  for (const path of kept) {
    if (!existsSync(path)) continue;
    rmSync(beside(path), { recursive: true, force: true });
    renameSync(path, beside(path));
    moved.push(path);
  }
  return {
    restore: () => {
      for (const path of moved) {
        rmSync(path, { recursive: true, force: true });
        renameSync(beside(path), path);
      }
    },
    discard: () => {
      for (const path of moved) rmSync(beside(path), { recursive: true, force: true });
    },
  };
}

/** After a set-up that was killed between moving aside and the end: what was before counts again. */
export function restoreLeftovers(): void {
  for (const path of kept) {
    if (!existsSync(beside(path))) continue;
    rmSync(path, { recursive: true, force: true });
    renameSync(beside(path), path);
  }
}

/** Whether this machine is a node already. */
export function isConfigured(): boolean {
  return existsSync(paths.nodeConfig);
}
