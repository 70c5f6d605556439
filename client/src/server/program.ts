/** One process of the language server: started, its last words kept, and ended so that nothing of it stays. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';

import { type Exit, lastLine } from './outcomes';

/** A program with its arguments and what is added to its environment. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Version of the Python it runs in, where that is known. */
  readonly python?: string;
}

/** A server that was started, whether or not that went well. */
export class Program {
  /** Resolves once, when the process is gone. Never rejects. */
  readonly ended: Promise<Exit>;
  #lastWords = '';

  private constructor(readonly child: ChildProcessWithoutNullStreams) {
    this.ended = new Promise((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (child.pid === undefined) resolve({ kind: 'notStarted', code: error.code ?? error.message });
      });
      child.once('close', (code, signal) => {
        if (code !== null) resolve({ kind: 'code', code });
        else resolve({ kind: 'signal', signal: signal ?? 'unknown' });
      });
    });
    // What is written while the process ends is lost, and nobody waits for it.
    child.stdin.on('error', () => undefined);
  }

  /**
   * Start it in the home folder: Python and the server take no files of the workspace for their own.
   *
   * @param onLine called for each line the program writes to stderr.
   */
  static start(launch: Launch, onLine: (line: string) => void): Program {
    const child = spawn(launch.command, launch.args, {
      cwd: homedir(),
      env: { ...process.env, ...launch.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const program = new Program(child);
    createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', (line) => {
      program.#lastWords = lastLine(line) || program.#lastWords;
      onLine(line);
    });
    return program;
  }

  /** The last line it wrote to stderr that says something; empty where there is none. */
  get lastWords(): string {
    return this.#lastWords;
  }

  /** Close its input, which ends it, and end it hard after `graceMs`. Returns when it is gone. */
  async end(graceMs: number): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }
}
