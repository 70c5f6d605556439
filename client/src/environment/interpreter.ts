/** Python interpreters: what one tells about itself, and whether Whence's environment can be made with it. Runs none. */

/** The oldest and the newest minor version of Python 3 that every locked package has a build for. */
export const MINORS = { lowest: 10, highest: 14 } as const;

/** What an interpreter tells about itself. */
export interface Interpreter {
  /** The program to make environments with: never the one of another virtual environment, which may go away. */
  readonly path: string;
  /** Like '3.12.1'. */
  readonly version: string;
  /** Like 'cpython'. */
  readonly implementation: string;
  /** Whether it is a build without the global lock. */
  readonly freeThreaded: boolean;
  /** 32 or 64. */
  readonly bits: number;
  /** Like 'linux-x86_64', 'macosx-arm64', 'win-amd64'; the system an universal build runs as. */
  readonly platform: string;
  /** Whether it is built against musl. */
  readonly musl: boolean;
  /** Whether it can make a virtual environment with pip in it. */
  readonly hasVenv: boolean;
}

/** Why an interpreter will not do. */
export type Refusal =
  | { readonly kind: 'doesNotRun' }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'implementation'; readonly implementation: string }
  | { readonly kind: 'freeThreaded' }
  | { readonly kind: 'bits' }
  | { readonly kind: 'musl' }
  | { readonly kind: 'platform'; readonly platform: string }
  | { readonly kind: 'noVenv' };

/**
 * Run with `-I -c`, prints one line of JSON. Python 2 must be able to run it, so that it is refused for its version.
 * Debian splits ensurepip off into python3-venv: the module venv alone does not suffice.
 */
export const PROBE = [
  'import json, platform, sys, sysconfig',
  'try:',
  '    from importlib.util import find_spec',
  '    has_venv = all(find_spec(name) is not None for name in ("venv", "ensurepip"))',
  'except ImportError:',
  '    has_venv = False',
  'where = sysconfig.get_platform()',
  'if sys.platform == "darwin": where = "macosx-" + platform.machine()',
  'told = {',
  '    "path": getattr(sys, "_base_executable", None) or sys.executable,',
  '    "version": ".".join(str(part) for part in sys.version_info[:3]),',
  '    "implementation": platform.python_implementation().lower(),',
  '    "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),',
  '    "bits": 64 if sys.maxsize > 2**32 else 32,',
  '    "platform": where,',
  '    "musl": "musl" in str(sysconfig.get_config_var("HOST_GNU_TYPE")),',
  '    "hasVenv": has_venv,',
  '}',
  'print(json.dumps(told))',
].join('\n');

/** What PROBE printed, among what else an interpreter's start-up may print; undefined where it printed nothing of the kind. */
export function readProbe(output: string): Interpreter | undefined {
  for (const line of output.split(/\r?\n/)) {
    if (!line.startsWith('{')) continue;
    try {
      const told: unknown = JSON.parse(line);
      if (isInterpreter(told)) return told;
    } catch {
      // Something else that begins with a brace.
    }
  }
  return undefined;
}

/** Systems that LanceDB, the scarcest of the locked packages, has builds for. */
const PLATFORMS: ReadonlySet<string> = new Set(['linux-x86_64', 'linux-aarch64', 'macosx-arm64', 'win-amd64']);

/**
 * Why Whence's environment cannot be made with this interpreter; undefined where it can.
 *
 * @param needsVenv whether it has to make the environment itself, that is, without uv.
 */
export function refusal(interpreter: Interpreter, needsVenv: boolean): Refusal | undefined {
  const { version, implementation, platform } = interpreter;
  const [major, minor] = version.split('.').map(Number);
  const fits = major === 3 && minor !== undefined && minor >= MINORS.lowest && minor <= MINORS.highest;
  if (!fits) return { kind: 'version', version };
  if (implementation !== 'cpython') return { kind: 'implementation', implementation };
  if (interpreter.freeThreaded) return { kind: 'freeThreaded' };
  if (interpreter.bits !== 64) return { kind: 'bits' };
  if (interpreter.musl) return { kind: 'musl' };
  if (!PLATFORMS.has(platform)) return { kind: 'platform', platform };
  if (needsVenv && !interpreter.hasVenv) return { kind: 'noVenv' };
  return undefined;
}

/** '3.12' of '3.12.1': what an environment's packages are bound to. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** A program with the arguments that come before any other. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Names to look for on the PATH, best first. */
export function programNames(platform: NodeJS.Platform): readonly Program[] {
  const minors = Array.from({ length: MINORS.highest - MINORS.lowest + 1 }, (_, idx) => MINORS.highest - idx);
  const names = [...minors.map((minor) => `python3.${minor}`), 'python3', 'python'];
  const programs = names.map((command) => ({ command, args: [] }));
  return platform === 'win32' ? [{ command: 'py', args: ['-3'] }, ...programs] : programs;
}

/**
 * Folders to look for programs in: those of the PATH, then where installers put them without telling an editor started from the desktop.
 * Relative folders are left out: they would be the workspace's.
 */
export function searchFolders(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly string[] {
  const isWindows = platform === 'win32';
  const path = Object.entries(env).find(([name]) => name === 'PATH' || (isWindows && name.toUpperCase() === 'PATH'));
  const told = (path?.[1] ?? '').split(isWindows ? ';' : ':').map((folder) => folder.replace(/^"(.*)"$/, '$1'));
  const usual = isWindows
    ? [`${home}\\.local\\bin`, `${home}\\.cargo\\bin`]
    : [`${home}/.local/bin`, `${home}/.cargo/bin`, '/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];
  const isAbsolute = isWindows ? /^([a-z]:[\\/]|\\\\)/i : /^\//;
  return [...new Set([...told, ...usual])].filter((folder) => isAbsolute.test(folder));
}

function isInterpreter(told: unknown): told is Interpreter {
  if (typeof told !== 'object' || told === null) return false;
  const { path, version, implementation, freeThreaded, bits, platform, musl, hasVenv } = told as Record<
    string,
    unknown
  >;
  return (
    [path, version, implementation, platform].every((field) => typeof field === 'string' && field !== '') &&
    [freeThreaded, musl, hasVenv].every((field) => typeof field === 'boolean') &&
    typeof bits === 'number'
  );
}
