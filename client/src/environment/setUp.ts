/** Settles what the set-up needs from the editor and this machine, and turns an environment into the way to start the server. */

import { readFile, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import {
  CancellationError,
  type CancellationToken,
  type ExtensionContext,
  l10n,
  type LogOutputChannel,
  workspace,
} from 'vscode';

import type { Launch } from '../server/connection';
import { ownCommand } from '../server/register';
import { allPythons, findPython, findTool, lookAtChosen, type Search } from './discover';
import {
  type Environment,
  findEnvironment,
  lockHash,
  type Means,
  obtainEnvironment,
  type Order,
  useEnvironment,
} from './environments';
import { type Interpreter, searchFolders } from './interpreter';
import { isMusl, machineRefusal } from './machine';
import { advanceOf, failedCheck, packagesIn } from './output';
import { readAnswer, serveArgs, versionArgs } from './ownCommand';
import { pythonIn, toolVariables, whenceArgs, whenceVariables } from './plan';
import { SetUpFailed } from './problem';
import { run } from './process';
import { activePython, knownPythons } from './pythonExtension';
import { advanceText, stepText } from './words';

/** How the set-up shows itself. */
export interface SetUpUi {
  /** Show progress as long as `work` runs; its token turns when the person cancels. */
  withProgress<T>(work: (report: Report, token: CancellationToken) => Promise<T>): Promise<T>;
}

/** Say what is being done, and how much of the whole that completes, in percent. */
export type Report = (text: string, increment?: number) => void;

/** An own command has to load Python and no library. */
const VERSION_MS = 30_000;

/**
 * How the server is started: by the person's own command, or from an environment that is made first if there is none.
 *
 * @param isFresh whether an environment is made even if there is one that will do.
 * @throws SetUpFailed telling what is in the way; CancellationError when `signal` turns or the person cancels.
 */
export async function ensureServer(
  context: ExtensionContext,
  log: LogOutputChannel,
  ui: SetUpUi,
  signal: AbortSignal,
  isFresh: boolean,
): Promise<Launch> {
  try {
    const search = await searchFor(context, log, signal);
    const own = ownCommand();
    if (own !== undefined) return await checkedOwn(own, search);
    return await environmentLaunch(context, log, ui, search, isFresh);
  } catch (error) {
    if (signal.aborted) throw new CancellationError();
    throw error;
  }
}

/** Every interpreter on this machine that will do, to choose from. */
export async function choosablePythons(
  context: ExtensionContext,
  log: LogOutputChannel,
  signal: AbortSignal,
): Promise<readonly Interpreter[]> {
  const search = await searchFor(context, log, signal);
  return await allPythons(search, await findTool(search), await knownPythons());
}

async function checkedOwn({ command, args, env: added }: Launch, search: Search): Promise<Launch> {
  const { cwd, signal } = search;
  const env = { ...plainVariables(), ...added };
  const ended = await run({ command, args: versionArgs(args), cwd, env, signal, timeoutMs: VERSION_MS });
  const answer = readAnswer(ended);
  if (answer.kind === 'fault') {
    const fault = answer.fault;
    throw new SetUpFailed({ kind: 'ownCommand', command: [command, ...args].join(' '), fault });
  }
  search.onLine(`own command: whence ${answer.version}`);
  return { command, args: serveArgs(command, args), env: added };
}

async function environmentLaunch(
  context: ExtensionContext,
  log: LogOutputChannel,
  ui: SetUpUi,
  search: Search,
  isFresh: boolean,
): Promise<Launch> {
  const lock = await readFile(context.asAbsolutePath(join('requirements', 'runtime.txt')), 'utf8');
  const order = orderFor(context, lock, isFresh);
  let environment = isFresh ? undefined : await findEnvironment(order, search);
  environment ??= await ui.withProgress((report, token) => {
    report(l10n.t('looking for Python'));
    const either = signalOf(token);
    const signal = AbortSignal.any([search.signal, either.signal]);
    return makeEnvironment(order, { ...search, signal }, packagesIn(lock), report)
      .catch((error: unknown) => {
        throw either.signal.aborted ? new CancellationError() : error;
      })
      .finally(either.done);
  });
  await useEnvironment(order.folder, environment);
  log.info(`environment ${environment.folder} python=${environment.stamp.python}`);
  const python = pythonIn(environment.folder, process.platform);
  return { command: python, args: whenceArgs('serve'), env: order.checkEnv, python: environment.stamp.python };
}

function makeEnvironment(order: Order, search: Search, nPackages: number, report: Report): Promise<Environment> {
  // An install passes each package once on the way to the first 60 percent; the rest goes to unpacking and the check.
  const share = 60 / Math.max(1, nPackages);
  return obtainEnvironment(order, search, () => findMeans(order, search), {
    onWait: () => {
      report(l10n.t('another window sets up; waiting for it'));
    },
    onStep: (step, tool, interpreter) => {
      report(stepText(step, tool, interpreter.version), 5);
    },
    onLine: (line) => {
      search.onLine(line);
      const advance = advanceOf(line);
      if (advance !== undefined) report(advanceText(advance), advance.kind === 'collecting' ? share : 10);
    },
  });
}

async function findMeans(order: Order, search: Search): Promise<Means> {
  const why = machineRefusal({
    platform: process.platform,
    arch: process.arch,
    musl: isMusl(process.platform, process.report.getReport()),
    cpuInfo: await readFile('/proc/cpuinfo', 'utf8').catch(() => ''),
  });
  if (why !== undefined) throw new SetUpFailed({ kind: 'machine', why });
  const tool = await findTool(search);
  const { chosen } = order.wanted;
  if (chosen !== '') {
    const found = await lookAtChosen(search, tool, chosen);
    if (found.kind === 'none') throw new SetUpFailed({ kind: 'chosenPython', chosen, refused: found.refused });
    return { tool, interpreter: found.interpreter };
  }
  const offered = await activePython();
  const found = await findPython(search, tool, offered === undefined ? [] : [offered]);
  if (found.kind === 'none')
    throw new SetUpFailed({ kind: 'noPython', refused: found.refused, hasUv: tool.kind === 'uv' });
  return { tool, interpreter: found.interpreter };
}

function orderFor(context: ExtensionContext, lock: string, isFresh: boolean): Order {
  return {
    folder: environmentsFolder(context),
    requirements: context.asAbsolutePath(join('requirements', 'runtime.txt')),
    wanted: {
      lock: lockHash(lock),
      platform: `${process.platform}-${process.arch}`,
      chosen: serverSetting('python').replace(/^~(?=[\\/])/, homedir()),
    },
    isFresh,
    indexUrl: serverSetting('indexUrl'),
    check: whenceArgs('doctor', '--json'),
    checkEnv: whenceVariables(context.asAbsolutePath('server')),
    verdict: failedCheck,
  };
}

async function searchFor(context: ExtensionContext, log: LogOutputChannel, signal: AbortSignal): Promise<Search> {
  const cwd = environmentsFolder(context);
  try {
    await mkdir(cwd, { recursive: true });
  } catch (error) {
    throw new SetUpFailed({
      kind: 'folder',
      path: cwd,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
  return {
    platform: process.platform,
    folders: searchFolders(process.platform, process.env, homedir()),
    env: toolVariables(process.env, workspace.getConfiguration('http').get('proxy') ?? ''),
    cwd,
    signal,
    onLine: (line) => {
      log.info(line);
    },
  };
}

function environmentsFolder(context: ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, 'environments');
}

function serverSetting(name: 'python' | 'indexUrl'): string {
  return workspace.getConfiguration('whence.server').get(name, '').trim();
}

function plainVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

interface Signalled {
  readonly signal: AbortSignal;
  readonly done: () => void;
}

/** A token as the signal that code without the editor knows. */
function signalOf(token: CancellationToken): Signalled {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listening = token.onCancellationRequested(() => {
    controller.abort();
  });
  return {
    signal: controller.signal,
    done: () => {
      listening.dispose();
    },
  };
}
