/**
 * Where the library writes what is said between editor and server. It traces only while this channel's level is Trace; here the
 * setting `whence.trace.server` decides as well, so that nobody has to know about levels.
 */

import { type Disposable, type Event, EventEmitter, LogLevel, type LogOutputChannel, workspace } from 'vscode';

/** The extension's log as the library sees it. */
export class Tracing implements LogOutputChannel {
  readonly name: string;
  readonly onDidChangeLogLevel: Event<LogLevel>;
  readonly #levels = new EventEmitter<LogLevel>();
  readonly #listening: readonly Disposable[];

  constructor(private readonly log: LogOutputChannel) {
    this.name = log.name;
    this.onDidChangeLogLevel = this.#levels.event;
    const tell = (): void => {
      this.#levels.fire(this.logLevel);
    };
    this.#listening = [
      log.onDidChangeLogLevel(tell),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('whence.trace.server')) tell();
      }),
    ];
  }

  get logLevel(): LogLevel {
    return isAsked() ? LogLevel.Trace : this.log.logLevel;
  }

  trace(message: string): void {
    if (isAsked()) this.log.info(message);
    else this.log.trace(message);
  }

  debug(message: string): void {
    this.log.debug(message);
  }

  info(message: string): void {
    this.log.info(message);
  }

  warn(message: string): void {
    this.log.warn(message);
  }

  error(error: string | Error): void {
    this.log.error(error);
  }

  append(value: string): void {
    this.log.append(value);
  }

  appendLine(value: string): void {
    this.log.appendLine(value);
  }

  replace(value: string): void {
    this.log.replace(value);
  }

  clear(): void {
    this.log.clear();
  }

  show(): void {
    this.log.show(true);
  }

  hide(): void {
    this.log.hide();
  }

  /** The log itself is the extension's. */
  dispose(): void {
    for (const listening of this.#listening) listening.dispose();
    this.#levels.dispose();
  }
}

function isAsked(): boolean {
  return workspace.getConfiguration('whence').get<string>('trace.server', 'off') !== 'off';
}
