/** The connection to one server process: starts it, speaks with it, tells how it stands. */

import {
  CancellationError,
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type LogOutputChannel,
} from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  LSPErrorCodes,
  ResponseError,
  State,
} from 'vscode-languageclient/node';

import { type Methods, SHOW_SIMILAR, STATUS_CHANGED, type StatusAnswer } from '../protocol';
import { RequestFailed, type ServerState, type Whence } from '../whence';

/** A program with its arguments and what is added to its environment. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Keeps one server and its client. */
export class Connection implements Whence, Disposable {
  readonly #states = new EventEmitter<ServerState>();
  readonly #statuses = new EventEmitter<StatusAnswer>();
  readonly onDidChangeState = this.#states.event;
  readonly onDidChangeStatus = this.#statuses.event;
  #state: ServerState = { kind: 'stopped' };
  #status: StatusAnswer | undefined;
  #client: LanguageClient | undefined;

  constructor(private readonly log: LogOutputChannel) {}

  get state(): ServerState {
    return this.#state;
  }

  get status(): StatusAnswer | undefined {
    return this.#status;
  }

  /** Start a server and speak with it. */
  async start(launch: Launch): Promise<void> {
    this.#become({ kind: 'starting' });
    const options: LanguageClientOptions = {
      documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
      outputChannel: this.log,
      initializationOptions: { clientCommands: [SHOW_SIMILAR], statusNotifications: true },
    };
    const server = {
      command: launch.command,
      args: [...launch.args],
      options: { env: { ...process.env, ...launch.env } },
    };
    const client = new LanguageClient('whence', 'Whence', server, options);
    this.#client = client;
    client.onNotification(STATUS_CHANGED, (status: StatusAnswer) => {
      this.#status = status;
      this.#statuses.fire(status);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) this.#become({ kind: 'running' });
      else if (newState === State.Stopped) this.#become({ kind: 'stopped' });
    });
    await client.start();
  }

  async request<M extends keyof Methods>(
    method: M,
    params: Methods[M]['params'],
    token?: CancellationToken,
  ): Promise<Methods[M]['answer']> {
    const client = this.#client;
    if (client === undefined) throw new RequestFailed('Whence does not run yet');
    try {
      return await client.sendRequest<Methods[M]['answer']>(method, params, token);
    } catch (error) {
      if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)
        throw new CancellationError();
      throw new RequestFailed(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** End the server; what it has indexed is kept. */
  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
    this.#become({ kind: 'stopped' });
  }

  dispose(): void {
    void this.stop();
    this.#states.dispose();
    this.#statuses.dispose();
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#states.fire(state);
  }
}
