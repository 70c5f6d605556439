/**
 * The folder of environments: finds the one that stands, makes another beside it, removes what nobody needs.
 *
 *     <folder>/env-1f3c9a02/                          an environment; one without its stamp is rubbish
 *     <folder>/env-1f3c9a02/whence-environment.json   written last
 *     <folder>/used/env-1f3c9a02.4711                 process 4711 runs a server from it
 *     <folder>/turn.json                              who sets up
 *
 * An environment is made under its final name, since virtual environments hold their own path, and counts from the moment its stamp
 * is there. The one before it stays until then, and as long as a window uses it.
 */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { probe, type Search } from './discover';
import type { Interpreter } from './interpreter';
import { causeOf, tellingLine, withoutPasswords } from './output';
import {
  decide,
  type Plan,
  pythonIn,
  readStamp,
  STAMP_FORMAT,
  STAMP_NAME,
  type Stamp,
  type Step,
  steps,
  type Tool,
  type Wanted,
} from './plan';
import { SetUpFailed } from './problem';
import { type Ended, run } from './process';
import { isAlive, takeTurn } from './turn';

/** What an environment is made from; all of it is settled by the caller. */
export interface Order {
  /** The folder of environments, absolute. */
  readonly folder: string;
  /** The locked requirements, absolute. */
  readonly requirements: string;
  readonly wanted: Wanted;
  /** Whether one is made even if there is one that will do. */
  readonly isFresh: boolean;
  readonly indexUrl: string;
  /** Arguments of the new interpreter, run once all is installed. */
  readonly check: readonly string[];
  /** Variables that the check needs besides. */
  readonly checkEnv: Readonly<Record<string, string>>;
  /** What is wrong by the output of the check, in one line; undefined where nothing is. */
  readonly verdict: (output: string) => string | undefined;
}

/** What is told meanwhile. */
export interface Telling {
  /** Another window sets up. */
  readonly onWait: () => void;
  readonly onStep: (step: Step, tool: Tool, interpreter: Interpreter) => void;
  readonly onLine: (line: string) => void;
}

/** With what to make one; asked only when one has to be made. */
export interface Means {
  readonly tool: Tool;
  readonly interpreter: Interpreter;
}

/** An environment that stands. */
export interface Environment {
  readonly folder: string;
  readonly stamp: Stamp;
}

/** Who sets up. */
const TURN = 'turn.json';

/** On a slow line the native libraries (175 MB) take minutes; without an end a proxy that swallows everything would hold the set-up for ever. */
const STEP_MS = 45 * 60_000;

/** SHA-256 of a lock's text, hex. Line ends do not count: a checkout may have changed them. */
export function lockHash(text: string): string {
  return createHash('sha256').update(text.replace(/\r\n/g, '\n')).digest('hex');
}

/** The environment that will do, the latest if there are several; undefined where there is none. */
export async function findEnvironment(order: Order, search: Search): Promise<Environment | undefined> {
  for (const name of await environmentNames(order.folder)) {
    const folder = join(order.folder, name);
    const stamp = await stampIn(folder);
    const found =
      stamp === undefined ? undefined : await probe(search, { command: pythonIn(folder, search.platform), args: [] });
    const decision = decide(stamp, found, order.wanted);
    if (decision.kind === 'keep' && stamp !== undefined) return { folder, stamp };
    if (decision.kind === 'rebuild') search.onLine(`${name} will not do: ${decision.reason}`);
  }
  return undefined;
}

/**
 * The environment that will do, made first if there is none. One window at a time makes one.
 *
 * @param means looks for what to make it with.
 * @throws SetUpFailed saying at which step and why; the signal's reason when it turns. Neither leaves anything half-made behind.
 */
export async function obtainEnvironment(
  order: Order,
  search: Search,
  means: () => Promise<Means>,
  telling: Telling,
): Promise<Environment> {
  const there = order.isFresh ? undefined : await findEnvironment(order, search);
  if (there !== undefined) return there;
  const giveBack = await takeTurn(join(order.folder, TURN), telling.onWait, search.signal);
  try {
    const meanwhile = order.isFresh ? undefined : await findEnvironment(order, search);
    if (meanwhile !== undefined) return meanwhile;
    await removeHalfMade(order.folder);
    return await make(order, search, await means(), telling);
  } finally {
    await giveBack();
  }
}

/** Remember that this process runs a server from an environment, and remove the others that no process uses. */
export async function useEnvironment(root: string, environment: Environment): Promise<void> {
  const used = join(root, 'used');
  await mkdir(used, { recursive: true });
  const inUse = new Set<string>();
  for (const mark of await readdir(used)) {
    const [name, pid] = mark.split('.');
    if (name !== undefined && Number(pid) !== process.pid && isAlive(Number(pid))) inUse.add(name);
    else await rm(join(used, mark), { force: true });
  }
  const mine = environment.folder.slice(root.length + 1);
  await writeFile(join(used, `${mine}.${process.pid}`), '');
  inUse.add(mine);
  const names = await environmentNames(root);
  // What is listed before nobody is seen to have the turn is not in the making, whoever takes the turn later.
  const isQuiet = !existsSync(join(root, TURN));
  for (const name of names) {
    if (inUse.has(name)) continue;
    if (isQuiet || (await stampIn(join(root, name))) !== undefined) await remove(join(root, name));
  }
}

async function make(order: Order, search: Search, means: Means, telling: Telling): Promise<Environment> {
  const { tool, interpreter } = means;
  const folder = join(order.folder, `env-${randomBytes(4).toString('hex')}`);
  const { requirements, indexUrl, check, wanted } = order;
  const plan: Plan = { tool, interpreter, folder, requirements, indexUrl, platform: search.platform, check };
  try {
    for (const step of steps(plan)) {
      telling.onStep(step, tool, interpreter);
      telling.onLine(withoutPasswords(`> ${[step.command, ...step.args].join(' ')}`));
      const env = step.kind === 'check' ? { ...search.env, ...order.checkEnv } : search.env;
      const onLine = (line: string): void => {
        telling.onLine(withoutPasswords(line));
      };
      const { command, args, kind } = step;
      const ended = await run({
        command,
        args,
        cwd: order.folder,
        env,
        signal: search.signal,
        timeoutMs: STEP_MS,
        onLine,
      });
      const fault = faultOf(kind, ended, order.verdict);
      if (fault === undefined) continue;
      const cause = causeOf('output' in ended ? ended.output : '');
      throw new SetUpFailed({ kind: 'step', step: kind, cause, line: withoutPasswords(fault) });
    }
    const stamp: Stamp = { format: STAMP_FORMAT, ...wanted, python: interpreter.version, base: interpreter.path };
    await writeStamp(folder, stamp);
    return { folder, stamp };
  } catch (error) {
    await remove(folder);
    throw error;
  }
}

/** What went wrong in a step, in one line; undefined where nothing did. */
function faultOf(kind: Step['kind'], ended: Ended, verdict: Order['verdict']): string | undefined {
  switch (ended.kind) {
    case 'notStarted':
      return ended.reason;
    case 'killed':
      return `${ended.by}${ended.output === '' ? '' : `: ${tellingLine(ended.output)}`}`;
    case 'late':
      return `no end after ${STEP_MS / 60_000} minutes: ${tellingLine(ended.output)}`;
    case 'exited':
      // The check judges more than was installed here, so its exit code does not count.
      if (kind === 'check') return verdict(ended.output);
      return ended.code === 0 ? undefined : tellingLine(ended.output) || `exit code ${ended.code}`;
  }
}

/** Latest first. */
async function environmentNames(root: string): Promise<readonly string[]> {
  await mkdir(root, { recursive: true });
  const names = (await readdir(root)).filter((name) => /^env-[0-9a-f]{8}$/.test(name));
  const times = new Map<string, number>();
  for (const name of names) times.set(name, await stampedAt(join(root, name)));
  return names.sort((one, other) => (times.get(other) ?? 0) - (times.get(one) ?? 0));
}

async function stampedAt(folder: string): Promise<number> {
  try {
    return (await stat(join(folder, STAMP_NAME))).mtimeMs;
  } catch {
    return 0;
  }
}

async function removeHalfMade(root: string): Promise<void> {
  for (const name of await environmentNames(root)) {
    const folder = join(root, name);
    if ((await stampIn(folder)) === undefined) await remove(folder);
  }
}

async function stampIn(folder: string): Promise<Stamp | undefined> {
  try {
    return readStamp(await readFile(join(folder, STAMP_NAME), 'utf8'));
  } catch {
    return undefined;
  }
}

async function writeStamp(folder: string, stamp: Stamp): Promise<void> {
  const path = join(folder, STAMP_NAME);
  await writeFile(`${path}.new`, `${JSON.stringify(stamp, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** The stamp goes first, so that what cannot be removed now (Windows keeps what a program has open) is rubbish for the next time. */
async function remove(folder: string): Promise<void> {
  try {
    await rm(join(folder, STAMP_NAME), { force: true });
    await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
  } catch {
    // removeHalfMade tries again.
  }
}
