/** One window at a time sets up; the others wait for it. */

import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';

/** How often the holder shows that it is alive. */
const BEAT_MS = 2_000;

/** A file that was not touched for so long, by the waiter's own clock, has lost its holder. */
const STALE_MS = 15_000;

/** How often one that waits looks. */
const LOOK_MS = 250;

/**
 * Wait for one's turn and take it.
 *
 * Should two ever hold it, by a machine put to sleep at an unlucky moment, both do the same work in folders of their own.
 *
 * @param path of the file that says whose turn it is.
 * @param onWait called once if another has it.
 * @returns what gives the turn back.
 * @throws the signal's reason when it turns.
 */
export async function takeTurn(path: string, onWait: () => void, signal: AbortSignal): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, id: randomUUID() });
  let seen = '';
  let seenAt = 0;
  while (!(await isCreated(path, mine))) {
    signal.throwIfAborted();
    const now = await lookAt(path);
    if (now === undefined) continue;
    if (seen === '') onWait();
    if (now.state !== seen) [seen, seenAt] = [now.state, performance.now()];
    if (!isAlive(now.pid) || performance.now() - seenAt > STALE_MS) await rm(path, { force: true });
    else await pause(LOOK_MS, signal);
  }
  const beat = setInterval(() => {
    const time = new Date();
    utimes(path, time, time).catch(() => undefined);
  }, BEAT_MS);
  return async () => {
    clearInterval(beat);
    if ((await lookAt(path))?.text === mine) await rm(path, { force: true });
  };
}

interface Look {
  readonly text: string;
  readonly pid: number;
  /** Changes with every sign of life. */
  readonly state: string;
}

async function isCreated(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whose turn it is; undefined where it is given back meanwhile. */
async function lookAt(path: string): Promise<Look | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const { mtimeMs } = await stat(path);
    return { text, pid: pidIn(text), state: `${text} ${mtimeMs}` };
  } catch {
    return undefined;
  }
}

/** Its own process's number where the text is not complete yet: alive until it is stale. */
function pidIn(text: string): number {
  return Number(/"pid":(\d+)/.exec(text)?.[1] ?? process.pid);
}

/** Whether a process is there. One of another user is, too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
