/** Finds what environments are made with: uv, and a Python that will do. Runs what it finds, to ask; changes nothing. */

import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';

import { type Interpreter, PROBE, type Program, programNames, readProbe, type Refusal, refusal } from './interpreter';
import { isFitUv, type Tool } from './plan';
import { type Ended, run } from './process';

/** Where and how to look. All of it is settled by the caller. */
export interface Search {
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly folders: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder with nothing in it that Python or uv would read. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** A program that was looked at and will not do. */
export interface Refused {
  readonly path: string;
  readonly why: Refusal;
}

/** What was found. */
export type Found =
  | { readonly kind: 'fit'; readonly interpreter: Interpreter }
  | { readonly kind: 'none'; readonly refused: readonly Refused[] };

/** An interpreter answers in some 50 ms; one on a cold network disk has been seen to take seconds. */
const PROBE_MS = 15_000;

/** uv where there is one that will do, else pip. */
export async function findTool(search: Search): Promise<Tool> {
  for (const path of await paths('uv', search)) {
    const ended = await ask(search, path, ['--version']);
    if (ended.kind === 'exited' && ended.code === 0 && isFitUv(ended.output)) return { kind: 'uv', path };
    search.onLine(`${path} will not do: ${lastWord(ended)}`);
  }
  return { kind: 'pip' };
}

/** Ask one interpreter about itself; undefined where it does not answer. */
export async function probe(search: Search, program: Program): Promise<Interpreter | undefined> {
  const ended = await ask(search, program.command, [...program.args, '-I', '-c', PROBE]);
  return ended.kind === 'exited' && ended.code === 0 ? readProbe(ended.output) : undefined;
}

/**
 * The first interpreter that will do: those offered, then those on the PATH, then those uv has installed.
 *
 * @param offered paths, best first.
 */
export async function findPython(search: Search, tool: Tool, offered: readonly string[]): Promise<Found> {
  const refused = new Map<string, Refused>();
  for await (const program of programs(search, tool, offered)) {
    const look = await lookAt(search, program, tool);
    if (look.kind === 'fit') return look;
    for (const one of look.refused) refused.set(one.path, one);
  }
  return { kind: 'none', refused: [...refused.values()] };
}

/** Every interpreter that will do, each once, whatever links lead to it. */
export async function allPythons(
  search: Search,
  tool: Tool,
  offered: readonly string[],
): Promise<readonly Interpreter[]> {
  const fit = new Map<string, Interpreter>();
  for await (const program of programs(search, tool, offered)) {
    const look = await lookAt(search, program, tool);
    if (look.kind !== 'fit') continue;
    const file = await realpath(look.interpreter.path);
    if (!fit.has(file)) fit.set(file, look.interpreter);
  }
  return [...fit.values()];
}

/** Look at the one interpreter a person chose: a path, or a name on the PATH. */
export async function lookAtChosen(search: Search, tool: Tool, chosen: string): Promise<Found> {
  const path = isPath(chosen) ? chosen : ((await paths(chosen, search))[0] ?? chosen);
  return lookAt(search, { command: path, args: [] }, tool);
}

async function lookAt(search: Search, program: Program, tool: Tool): Promise<Found> {
  const interpreter = await probe(search, program);
  const why = interpreter === undefined ? { kind: 'doesNotRun' as const } : refusal(interpreter, tool.kind === 'pip');
  if (interpreter !== undefined && why === undefined) {
    search.onLine(`found Python ${interpreter.version}: ${interpreter.path}`);
    return { kind: 'fit', interpreter };
  }
  const path = interpreter?.path ?? [program.command, ...program.args].join(' ');
  search.onLine(`${path} will not do: ${JSON.stringify(why)}`);
  return { kind: 'none', refused: why === undefined ? [] : [{ path, why }] };
}

async function* programs(search: Search, tool: Tool, offered: readonly string[]): AsyncGenerator<Program> {
  for (const command of offered) yield { command, args: [] };
  for (const { command, args } of programNames(search.platform)) {
    for (const path of await paths(command, search)) yield { command: path, args };
  }
  if (tool.kind !== 'uv') return;
  const ended = await ask(search, tool.path, [
    'python',
    'find',
    '--no-python-downloads',
    '--no-project',
    '>=3.10,<3.15',
  ]);
  // Warnings may stand around the path.
  const path =
    ended.kind === 'exited' ? ended.output.split(/\r?\n/).find((line) => /^(\/|[A-Za-z]:\\)/.test(line)) : undefined;
  if (path !== undefined) yield { command: path, args: [] };
}

/** Every program of a name, in the order of the folders. */
async function paths(name: string, search: Search): Promise<readonly string[]> {
  const isWindows = search.platform === 'win32';
  const file = isWindows && !/\.exe$/i.test(name) ? `${name}.exe` : name;
  const found: string[] = [];
  for (const folder of search.folders) {
    const path = `${folder}${isWindows ? '\\' : '/'}${file}`;
    if (await isProgram(path)) found.push(path);
  }
  return found;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isPath(name: string): boolean {
  return /[\\/]/.test(name);
}

function ask(search: Search, command: string, args: readonly string[]): Promise<Ended> {
  const { cwd, env, signal } = search;
  return run({ command, args, cwd, env, signal, timeoutMs: PROBE_MS });
}

function lastWord(ended: Ended): string {
  return ended.kind === 'notStarted' ? ended.reason : ended.output.trim().slice(-200);
}
