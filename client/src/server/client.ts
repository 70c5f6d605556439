/** The language client of the library, made to say nothing by itself: what a person must know is said by the connection. */

import { type Disposable, LogLevel, type LogOutputChannel, workspace } from 'vscode';
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  type InitializeParams,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient/node';

import { SHOW_SIMILAR } from '../protocol';
import type { Program } from './program';
import { Tracing } from './tracing';

/** Given to a server to end that has closed its output; its exit code tells more than a kill does. */
const END_MS = 1_000;

/** A client of one program; for the next program there is a new one. */
export class Client extends LanguageClient {
  readonly #tracing: Tracing;
  readonly #settings: Disposable;

  constructor(program: Program, log: LogOutputChannel) {
    const tracing = new Tracing(log);
    const options: LanguageClientOptions = {
      documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
      outputChannel: log,
      traceOutputChannel: tracing,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // Lenses and actions carry this command with {textDocument, position}; the extension answers it itself.
      initializationOptions: { clientCommands: [SHOW_SIMILAR], statusNotifications: true },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          void program.end(END_MS); // without its connection it is of no use
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
      stdioOptions: { stdout: () => undefined, stderr: () => undefined }, // the program reads its own
    };
    super('whence', 'Whence', () => Promise.resolve(program.child), options);
    this.#tracing = tracing;
    // The server asks for its settings, at the start and when it hears that something changed.
    this.#settings = workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration('whence') || this.state !== State.Running) return;
      void this.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
    });
  }

  /** Is in the log at once, and never a notification: the library shows some however it is told not to. */
  override error(message: string, data?: unknown): void {
    if (this.outputChannel.logLevel !== LogLevel.Off) super.error(message, data, false);
  }

  /** The library throws when it is asked to stop before it runs, also by itself after a start that failed. */
  override async stop(timeoutMs?: number): Promise<void> {
    if (this.state === State.Running) await super.stop(timeoutMs);
  }

  override async dispose(timeoutMs?: number): Promise<void> {
    try {
      await super.dispose(timeoutMs);
    } finally {
      this.#settings.dispose();
      this.#tracing.dispose();
    }
  }

  /** Indexing is shown by the status item; as a progress bar the library would show it in a notification that stays. */
  protected override fillInitializeParams(params: InitializeParams): void {
    super.fillInitializeParams(params);
    params.capabilities.window = { ...params.capabilities.window, workDoneProgress: false };
  }
}
