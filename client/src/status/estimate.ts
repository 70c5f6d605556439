/** How far indexing is and how long it will take yet, from one status after the other. Knows no clock. */

import type { FolderStatus, StatusAnswer } from '../protocol';

/** Reading files takes about a tenth of the time that embedding what is in them takes (docs/protocol.md, `window/workDoneProgress`). */
const READING_SHARE = 0.1;

/** A rate forgets what is older than about so long: long enough to be calm, short enough to notice that a machine was unplugged. */
const MEMORY_MS = 20_000;

/** Before this much has been seen a rate is a guess. */
const ENOUGH_MS = 4_000;

/** How fast embedding goes. */
export interface Pace {
  readonly atMs: number;
  readonly sinceMs: number;
  readonly done: number;
  readonly total: number;
  /** Chunks a millisecond; undefined before the second status. */
  readonly rate: number | undefined;
}

/** Share of the work on a folder that is done, from 0 to 1; undefined where nothing is being done. */
export function shareDone({ activity, done, total }: FolderStatus): number | undefined {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  switch (activity) {
    case 'listing':
      return 0;
    case 'reading':
      return READING_SHARE * share;
    case 'embedding':
      return READING_SHARE + (1 - READING_SHARE) * share;
    case 'settling':
      return 1;
    case 'idle':
    case 'waiting':
    case 'paused':
    case 'failed':
      return undefined;
  }
}

/** Percent done of all folders that are worked on, rounded down; undefined where none is. */
export function percentDone(status: StatusAnswer): number | undefined {
  const shares = status.folders.map(shareDone).filter((share) => share !== undefined);
  if (shares.length === 0) return undefined;
  return Math.floor((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length);
}

/**
 * Take up one more status.
 *
 * @param before what the last call gave.
 * @returns undefined while nothing is embedded: how long the rest takes cannot be told then.
 */
export function follow(before: Pace | undefined, status: StatusAnswer, atMs: number): Pace | undefined {
  const embedding = status.paused ? [] : status.folders.filter(({ activity }) => activity === 'embedding');
  const done = embedding.reduce((sum, folder) => sum + folder.done, 0);
  const total = embedding.reduce((sum, folder) => sum + folder.total, 0);
  if (total === 0) return undefined;
  if (before === undefined || done < before.done || total !== before.total)
    return { atMs, sinceMs: atMs, done, total, rate: undefined };
  const passedMs = atMs - before.atMs;
  if (passedMs <= 0) return { ...before, done };
  const seen = (done - before.done) / passedMs;
  // All that was seen counts the same at first; later what is older fades.
  const weight = Math.max(1 - Math.exp(-passedMs / MEMORY_MS), passedMs / (atMs - before.sinceMs));
  const rate = before.rate === undefined ? seen : before.rate + weight * (seen - before.rate);
  return { ...before, atMs, done, rate };
}

/** Seconds that embedding will take yet; undefined while that is a guess. */
export function secondsLeft(pace: Pace | undefined): number | undefined {
  if (pace?.rate === undefined || pace.rate <= 0 || pace.atMs - pace.sinceMs < ENOUGH_MS) return undefined;
  return (pace.total - pace.done) / pace.rate / 1000;
}
