/** Child processes of the set-up: their output line by line, an end in time, and nothing of theirs left behind when it is cancelled. */

import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** What is to be run. */
export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  /** Never the workspace: Python and uv read files of the current folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called for each line of either stream. */
  readonly onLine?: (line: string) => void;
}

/** How it ended. `output` is the end of both streams together. */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number; readonly output: string }
  /** It died of a signal, like SIGILL on a processor that lacks an instruction. */
  | { readonly kind: 'killed'; readonly by: string; readonly output: string }
  | { readonly kind: 'late'; readonly output: string }
  | { readonly kind: 'notStarted'; readonly reason: string };

/** Kept of the output; what went wrong stands at its end. */
const MAX_OUTPUT_CHARS = 64_000;

/** Between asking the group of processes to end and ending it. */
const GRACE_MS = 2_000;

/**
 * Run a program to its end.
 *
 * @throws the signal's reason when it turns; by then the program and all its children are gone.
 */
export async function run(what: Run): Promise<Ended> {
  what.signal.throwIfAborted();
  const isWindows = process.platform === 'win32';
  const child = spawn(what.command, what.args, {
    cwd: what.cwd,
    env: what.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own, so that what the program starts ends with it. On Windows that would open a console.
    detached: !isWindows,
  });
  let output = '';
  const keep = (line: string): void => {
    output = `${output}${line}\n`.slice(-MAX_OUTPUT_CHARS);
    what.onLine?.(line);
  };
  const flush = [readLines(child.stdout, keep), readLines(child.stderr, keep)];
  const timed = { isOut: false };
  const end = (): void => {
    endGroup(child);
  };
  const timer = setTimeout(() => {
    timed.isOut = true;
    end();
  }, what.timeoutMs);
  what.signal.addEventListener('abort', end, { once: true });
  try {
    const how = await ended(child);
    for (const finish of flush) finish();
    what.signal.throwIfAborted();
    if (timed.isOut) return { kind: 'late', output };
    if (how.error !== undefined) return { kind: 'notStarted', reason: how.error.message };
    if (how.signal !== undefined) return { kind: 'killed', by: how.signal, output };
    return { kind: 'exited', code: how.code, output };
  } finally {
    clearTimeout(timer);
    what.signal.removeEventListener('abort', end);
  }
}

interface HowItEnded {
  readonly code: number;
  readonly signal?: NodeJS.Signals;
  readonly error?: Error;
}

/** Waits until the process is gone and its output is read. */
function ended(child: ChildProcess): Promise<HowItEnded> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: -1, error });
    });
    child.once('close', (code, signal) => {
      resolve(signal === null ? { code: code ?? -1 } : { code: -1, signal });
    });
  });
}

/** Calls `keep` for each line; returns what to call for the last one, if no line break ended it. Progress bars rewrite a line by \r. */
function readLines(stream: NodeJS.ReadableStream, keep: (line: string) => void): () => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) keep(line);
  });
  return () => {
    rest += decoder.end();
    if (rest !== '') keep(rest);
  };
}

/** End a process with all that it started. */
function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => {
      child.kill();
    });
    return;
  }
  signalGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => {
    signalGroup(pid, 'SIGKILL');
  }, GRACE_MS);
  child.once('close', () => {
    clearTimeout(timer);
    // The first process may go at the first word and leave another that does not.
    signalGroup(pid, 'SIGKILL');
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
