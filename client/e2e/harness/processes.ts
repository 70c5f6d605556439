/** Processes of one story's surroundings, found by a variable in their environment: also those that left the process group. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** One process of the system. */
export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Those whose environment has `variable` set to `value`; Linux alone has /proc. */
export function processesWith(variable: string, value: string): readonly Process[] {
  const wanted = `${variable}=${value}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(wanted)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
        return command === '' ? [] : [{ pid: Number(name), command }]; // without a command line it has ended already
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** End processes at once; those that are gone already are fine. */
export function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone
    }
  }
}

/** Wait for something that no page shows: asks again every 50 ms and fails with `what` after `timeoutMs`. */
export async function until<T>(what: string, ask: () => T | undefined | false, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`did not happen within ${timeoutMs / 1000} s: ${what}`);
    await pause(50);
  }
}
