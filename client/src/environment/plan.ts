/** Which commands make an environment, whether one that stands will do, and how the server is started from it. Does nothing itself. */

import { minorOf, type Interpreter } from './interpreter';

/** What is written into an environment's folder once all of it stands; without it the folder is rubbish. */
export interface Stamp {
  readonly format: typeof STAMP_FORMAT;
  /** SHA-256 of the locked requirements, hex. */
  readonly lock: string;
  /** Like 'linux-x64'. */
  readonly platform: string;
  /** Of the interpreter, like '3.12.1'. */
  readonly python: string;
  /** The interpreter it was made with. */
  readonly base: string;
  /** The setting whence.server.python as it was; empty where one was looked for. */
  readonly chosen: string;
}

/** 1: the first. */
export const STAMP_FORMAT = 1;

/** The file in an environment's folder. */
export const STAMP_NAME = 'whence-environment.json';

/** What an environment has to be. */
export interface Wanted {
  readonly lock: string;
  readonly platform: string;
  readonly chosen: string;
}

/** What to do with an environment, and why. */
export type Decision = { readonly kind: 'keep' } | { readonly kind: 'rebuild'; readonly reason: string };

/**
 * Whether an environment will do.
 *
 * @param stamp as found in its folder; undefined where there is none that can be read.
 * @param found what its own interpreter tells; undefined where that does not run.
 */
export function decide(stamp: Stamp | undefined, found: Interpreter | undefined, wanted: Wanted): Decision {
  const reason = differs(stamp, found, wanted);
  return reason === undefined ? { kind: 'keep' } : { kind: 'rebuild', reason };
}

function differs(stamp: Stamp | undefined, found: Interpreter | undefined, wanted: Wanted): string | undefined {
  if (stamp === undefined) return 'it was never finished';
  if (stamp.lock !== wanted.lock) return 'the locked packages are others now';
  if (stamp.platform !== wanted.platform) return `it was made on ${stamp.platform}, this is ${wanted.platform}`;
  // An emptied setting takes nothing away from an environment that works.
  if (wanted.chosen !== '' && stamp.chosen !== wanted.chosen) return `${wanted.chosen} was chosen as its Python`;
  if (found === undefined) return 'its Python does not run any more';
  if (minorOf(found.version) !== minorOf(stamp.python)) return `its Python ${stamp.python} is ${found.version} now`;
  return undefined;
}

/** A stamp's text back into a stamp; undefined where it is none, or one of another format. */
export function readStamp(text: string): Stamp | undefined {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof told !== 'object' || told === null) return undefined;
  const { format, lock, platform, python, base, chosen } = told as Record<string, unknown>;
  if (format !== STAMP_FORMAT) return undefined;
  if (typeof lock !== 'string' || typeof platform !== 'string' || typeof python !== 'string') return undefined;
  if (typeof base !== 'string' || typeof chosen !== 'string') return undefined;
  return { format, lock, platform, python, base, chosen };
}

/** What makes environments and installs into them. */
export type Tool = { readonly kind: 'uv'; readonly path: string } | { readonly kind: 'pip' };

/** The oldest uv that knows all options used here. */
const OLDEST_UV = [0, 5] as const;

/** Whether what `uv --version` printed is a uv that will do. */
export function isFitUv(output: string): boolean {
  const told = /^uv (\d+)\.(\d+)/m.exec(output);
  if (told === null) return false;
  const [major, minor] = [Number(told[1]), Number(told[2])];
  return major > OLDEST_UV[0] || (major === OLDEST_UV[0] && minor >= OLDEST_UV[1]);
}

/** One command, and what is being done by it. */
export interface Step {
  readonly kind: 'venv' | 'install' | 'check';
  readonly command: string;
  readonly args: readonly string[];
}

/** All that is needed to know the commands. */
export interface Plan {
  readonly tool: Tool;
  readonly interpreter: Interpreter;
  /** The environment's folder, absolute; it is not there yet. */
  readonly folder: string;
  /** The locked requirements, absolute. */
  readonly requirements: string;
  /** Empty for what the tool is configured to use. */
  readonly indexUrl: string;
  readonly platform: NodeJS.Platform;
  /** Arguments of the new interpreter that end with 0 when all that is needed loads. */
  readonly check: readonly string[];
}

/** The commands that make an environment, in order. Only built packages are taken: none of these is built from source in passing. */
export function steps(plan: Plan): readonly Step[] {
  const { tool, interpreter, folder, requirements, indexUrl, check } = plan;
  const python = pythonIn(folder, plan.platform);
  const index = indexUrl === '' ? [] : ['--index-url', indexUrl];
  const locked = ['--require-hashes', '--only-binary', ':all:', ...index, '-r', requirements];
  const checked: Step = { kind: 'check', command: python, args: check };
  if (tool.kind === 'pip') {
    const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
    return [
      { kind: 'venv', command: interpreter.path, args: ['-I', '-m', 'venv', folder] },
      { kind: 'install', command: python, args: ['-I', '-m', 'pip', 'install', ...quiet, ...locked] },
      checked,
    ];
  }
  return [
    {
      kind: 'venv',
      command: tool.path,
      args: ['venv', '--no-python-downloads', '--no-project', '--python', interpreter.path, folder],
    },
    // uv compiles nothing unless told to; the first start would take five seconds.
    {
      kind: 'install',
      command: tool.path,
      args: ['pip', 'install', '--python', python, '--compile-bytecode', ...locked],
    },
    checked,
  ];
}

/** An environment's interpreter. */
export function pythonIn(folder: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `${folder}\\Scripts\\python.exe` : `${folder}/bin/python`;
}

/** Variables that would lead Python, pip or uv elsewhere than into the environment that is made. */
const MISLEADING: readonly string[] = [
  'PYTHONHOME',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'VIRTUAL_ENV',
  'PIP_CONSTRAINT',
  'PIP_PREFIX',
  'PIP_REQUIREMENT',
  'PIP_ROOT',
  'PIP_TARGET',
  'PIP_USER',
  'UV_CONSTRAINT',
  'UV_OVERRIDE',
  'UV_PYTHON',
  'UV_SYSTEM_PYTHON',
];

/**
 * The environment variables of the commands.
 *
 * @param proxy the editor's own setting http.proxy; the person's variables go before it.
 */
export function toolVariables(
  env: Readonly<Record<string, string | undefined>>,
  proxy: string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !MISLEADING.includes(entry[0].toUpperCase()),
  );
  const isTold = kept.some(([name]) => ['HTTPS_PROXY', 'ALL_PROXY'].includes(name.toUpperCase()));
  const proxies = proxy === '' || isTold ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  return { ...Object.fromEntries(kept), ...proxies, PYTHONUTF8: '1', PYTHONUNBUFFERED: '1', NO_COLOR: '1' };
}

/**
 * What starts Whence. Not `-m whence`: that puts the current folder first, which is the user's and may hold a `json.py`.
 * The same as the server does for its own worker.
 */
const START = 'import sys; sys.path = [path for path in sys.path if path]; from whence.__main__ import main; main()';

/** How Whence is run from an environment. */
export function whenceArgs(...args: readonly string[]): readonly string[] {
  return ['-c', START, ...args];
}

/** Variables for Whence itself; empty ones take away what the person's own would add. */
export function whenceVariables(serverFolder: string): Readonly<Record<string, string>> {
  return { PYTHONPATH: serverFolder, PYTHONHOME: '', PYTHONNOUSERSITE: '1', PYTHONUTF8: '1' };
}
