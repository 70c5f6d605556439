/** The connection to the server: starts it, keeps it alive, speaks with it, tells how it stands. */

import {
  CancellationError,
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  EventEmitter,
  l10n,
  type LogOutputChannel,
} from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';

import { type Methods, STATUS_CHANGED, type StatusAnswer } from '../protocol';
import { RequestFailed, type ServerState, type Whence } from '../whence';
import { Client } from './client';
import { Gate } from './gate';
import { type Exit, meaningOf, toldExit, toldFailure } from './outcomes';
import { type Launch, Program } from './program';
import { afterCrash, type Crash } from './restarting';

export type { Launch } from './program';

/**
 * Gives the program to start, before every start; making it may take minutes.
 *
 * @param told is called with what is being done, where that takes a while.
 * @param signal turns when the program is no longer wanted.
 * @throws an error whose message is one line for a person; what is to be done about it is told by the thrower.
 */
export type LaunchSource = (told: (step: string) => void, signal: AbortSignal) => Promise<Launch>;

/** Waited for a server that was asked to end; together well below the five seconds an editor gives its extensions. */
const SHUTDOWN_MS = 1_500;
const END_MS = 1_500;

/** Turns never. */
const NEVER = new CancellationTokenSource().token;

/** One server that was started. */
interface Run {
  readonly launch: Launch;
  readonly program: Program;
  readonly client: Client;
  /** When it began to answer; undefined before. */
  runsSinceMs: number | undefined;
}

/** Keeps one server and its client. */
export class Connection implements Whence, Disposable {
  readonly #states = new EventEmitter<ServerState>();
  readonly #statuses = new EventEmitter<StatusAnswer>();
  readonly #failures = new EventEmitter<string>();
  readonly onDidChangeState = this.#states.event;
  readonly onDidChangeStatus = this.#statuses.event;
  /** The server crashed too often and is not started again; with the reason. */
  readonly onDidGiveUp = this.#failures.event;
  readonly #gate = new Gate<Client>();
  #state: ServerState = { kind: 'stopped' };
  #status: StatusAnswer | undefined;
  #run: Run | undefined;
  #crashes: readonly Crash[] = [];
  #lastExit: Exit | undefined;
  #python: string | undefined;
  /** Turns when what was begun is no longer wanted: a new start or a stop came. */
  #turn = new AbortController();

  constructor(
    private readonly log: LogOutputChannel,
    private readonly launchSource: LaunchSource,
  ) {}

  get state(): ServerState {
    return this.#state;
  }

  get status(): StatusAnswer | undefined {
    return this.#status;
  }

  /** How the server last ended unasked, in a few words; undefined while it never did. */
  get lastCrash(): string | undefined {
    return this.#lastExit === undefined ? undefined : toldExit(this.#lastExit, l10n);
  }

  /** Version of the Python the server was last started with, where known. */
  get python(): string | undefined {
    return this.#python;
  }

  /** Start a server, after ending the one there is. Earlier crashes are forgotten. */
  async start(): Promise<void> {
    const turn = await this.#stop();
    if (turn.aborted) return; // somebody else wanted something since
    this.#crashes = [];
    await this.#begin();
  }

  /** End the server; what it has indexed is kept. Requests are refused with `reason` from now on. */
  async stop(reason: string): Promise<void> {
    this.#gate.bar(new RequestFailed(reason));
    const turn = await this.#stop();
    if (!turn.aborted) this.#become({ kind: 'stopped' });
  }

  async request<M extends keyof Methods>(
    method: M,
    params: Methods[M]['params'],
    token?: CancellationToken,
  ): Promise<Methods[M]['answer']> {
    const client = await this.#gate.pass(token);
    if (client === undefined) throw new CancellationError();
    try {
      // The library takes a token that is undefined for one more parameter.
      return await client.sendRequest<Methods[M]['answer']>(method, params, token ?? NEVER);
    } catch (error) {
      throw asThrown(error, token);
    }
  }

  dispose(): void {
    void this.stop(l10n.t('Whence was stopped'));
    this.#states.dispose();
    this.#statuses.dispose();
    this.#failures.dispose();
  }

  async #begin(): Promise<void> {
    const turn = this.#turn.signal;
    this.#gate.shut();
    this.#become({ kind: 'starting' });
    let launch: Launch;
    try {
      launch = await this.launchSource((step) => {
        if (!turn.aborted) this.#become({ kind: 'settingUp', step });
      }, turn);
    } catch (error) {
      if (!turn.aborted) this.#fail(reasonOf(error));
      return;
    }
    if (turn.aborted) return;
    this.#python = launch.python;
    this.#become({ kind: 'starting' });
    await this.#launch(launch, turn);
  }

  async #launch(launch: Launch, turn: AbortSignal): Promise<void> {
    this.log.info(`starting the language server: ${[launch.command, ...launch.args].join(' ')}`);
    const program = Program.start(launch, (line) => {
      this.log.info(line);
    });
    const client = new Client(program, this.log);
    const run: Run = { launch, program, client, runsSinceMs: undefined };
    this.#run = run;
    client.onNotification(STATUS_CHANGED, (status: StatusAnswer) => {
      if (turn.aborted) return;
      this.#status = status;
      this.#statuses.fire(status);
    });
    void program.ended.then((exit) => {
      if (!turn.aborted) this.#crashed(run, exit);
    });
    try {
      await client.start();
    } catch (error) {
      this.log.error(reasonOf(error));
      void program.end(END_MS); // its end is told above
      return;
    }
    if (turn.aborted || this.#run !== run) return;
    run.runsSinceMs = performance.now();
    this.#become({ kind: 'running' });
    this.#gate.open(client);
  }

  #crashed(run: Run, exit: Exit): void {
    const nowMs = performance.now();
    this.log.error(`the language server ended: ${toldExit(exit, l10n)}`);
    this.#run = undefined;
    this.#status = undefined;
    this.#lastExit = exit;
    this.#gate.shut();
    void run.client.dispose().catch(() => undefined);
    const ranMs = run.runsSinceMs === undefined ? 0 : nowMs - run.runsSinceMs;
    const verdict = afterCrash(this.#crashes, { atMs: nowMs, ranMs });
    this.#crashes = verdict.crashes;
    if (verdict.kind === 'giveUp' || exit.kind === 'notStarted') {
      const reason = toldFailure(exit, run.launch.command, run.program.lastWords, l10n);
      this.#fail(reason);
      this.#failures.fire(reason);
      return;
    }
    this.#become({ kind: 'restarting', delayMs: verdict.delayMs });
    const timer = setTimeout(() => void this.#begin(), verdict.delayMs);
    this.#turn.signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  }

  #fail(reason: string): void {
    this.log.error(reason);
    this.#gate.bar(new RequestFailed(reason));
    this.#become({ kind: 'failed', reason });
  }

  /** Returns the turn that begins. */
  async #stop(): Promise<AbortSignal> {
    this.#turn.abort();
    this.#turn = new AbortController();
    const turn = this.#turn.signal;
    const run = this.#run;
    this.#run = undefined;
    this.#status = undefined;
    if (run === undefined) return turn;
    await run.client.dispose(SHUTDOWN_MS).catch(() => undefined); // told in the log by the library
    await run.program.end(END_MS);
    return turn;
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#states.fire(state);
  }
}

function asThrown(error: unknown, token: CancellationToken | undefined): Error {
  if (error instanceof CancellationError || token?.isCancellationRequested === true) return new CancellationError();
  if (!(error instanceof ResponseError)) return new RequestFailed(reasonOf(error), { cause: error });
  switch (meaningOf(error.code)) {
    case 'notWanted':
      return new CancellationError();
    case 'connectionLost':
      return new RequestFailed(l10n.t('The language server ended before it answered; try again'), { cause: error });
    case 'refused':
      return new RequestFailed(error.message, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
