/** Stories: tests in a running workbench. What a failed one saw is kept in build/e2e/failures. */

import { after, before, test } from 'node:test';

import { until } from './processes';
import { type ServerOrigin, Workbench } from './workbench';

/** A workbench on a busy machine drops a click now and then; what fails twice is broken. Each failure is told and kept. */
const TRIES = 2;

const STORY_MS = 600_000; // the longest, the set-up, takes one minute here

/**
 * Tells stories in one workbench, one after the other, each with windows of its own. After each, no process of Whence may be left.
 */
export type Tell = (name: string, body: (bench: Workbench) => Promise<void>) => void;

/** Start a workbench for the stories of this file. */
export function stories(origin: ServerOrigin = 'packaged', env: Readonly<Record<string, string>> = {}): Tell {
  let bench: Workbench | undefined;
  before(async () => {
    bench = await Workbench.start(origin, env);
  });
  after(async () => {
    await bench?.stop();
  });
  return (name, body) => {
    test(name, { timeout: STORY_MS }, async () => {
      if (bench === undefined) throw new Error('the workbench does not run');
      for (let tries = 1; ; tries += 1) {
        try {
          await body(bench);
          await bench.closeWindows();
          await until('the language servers ended with their windows', () => bench?.whenceProcesses().length === 0);
          return;
        } catch (error) {
          await bench.keep(name);
          if (tries === TRIES) throw error;
          process.stderr.write(`"${name}" failed and is told again: ${String(error).split('\n')[0] ?? ''}\n`);
        } finally {
          await bench.closeWindows();
          bench.settings();
        }
      }
    });
  };
}
