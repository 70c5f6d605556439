/**
 * The server as the parts of the extension see it: requests, how it stands, and events. How it is started, kept alive and
 * spoken to is the business of server/.
 */

import type { CancellationToken, Event } from 'vscode';

import type { Methods, StatusAnswer } from './protocol';

/** How the server stands. */
export type ServerState =
  | { readonly kind: 'stopped' }
  /** The Python environment is made; `step` says what is being done. */
  | { readonly kind: 'settingUp'; readonly step: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** It ended and is started again after `delayMs`. */
  | { readonly kind: 'restarting'; readonly delayMs: number }
  /** It does not run and will not by itself; `reason` is one line for a person. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Requests and events of the server. */
export interface Whence {
  readonly state: ServerState;
  readonly onDidChangeState: Event<ServerState>;

  /** The last status the server told; undefined before the first. */
  readonly status: StatusAnswer | undefined;
  readonly onDidChangeStatus: Event<StatusAnswer>;

  /**
   * Send one of Whence's own requests; waits for the server to run first.
   *
   * @throws CancellationError when `token` turns.
   * @throws RequestFailed with one line for a person when the server refuses, fails or cannot run.
   */
  request<M extends keyof Methods>(
    method: M,
    params: Methods[M]['params'],
    token?: CancellationToken,
  ): Promise<Methods[M]['answer']>;
}

/** A request that was not answered; its message is one line for a person. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
}
