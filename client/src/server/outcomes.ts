/** How processes and requests end, told for people. */

import type { Localiser } from '../localiser';

/** How a process ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** It was never there. */
  | { readonly kind: 'notStarted'; readonly code: string };

/** Codes of LSP that say that an answer is no longer wanted: RequestCancelled, ContentModified, ServerCancelled. */
const NOT_WANTED: ReadonlySet<number> = new Set([-32800, -32801, -32802]);

/** Codes of the JSON-RPC library that say that the connection went away under a request: PendingResponseRejected, ConnectionInactive. */
const CONNECTION_LOST: ReadonlySet<number> = new Set([-32097, -32096]);

/** What the error code of an answer means. */
export type Meaning = 'notWanted' | 'connectionLost' | 'refused';

/** What the error code of an answer means. */
export function meaningOf(code: number): Meaning {
  if (NOT_WANTED.has(code)) return 'notWanted';
  if (CONNECTION_LOST.has(code)) return 'connectionLost';
  return 'refused';
}

/** How the server ended, in a few words. */
export function toldExit(exit: Exit, l10n: Localiser): string {
  switch (exit.kind) {
    case 'code':
      return l10n.t('exit code {0}', exit.code);
    case 'signal':
      return l10n.t('signal {0}', exit.signal);
    case 'notStarted':
      return exit.code === 'ENOENT' ? l10n.t('the program was not found') : exit.code;
  }
}

/**
 * Why the server does not run, in one line.
 *
 * @param said the last line it wrote to stderr; empty where it wrote none.
 */
export function toldFailure(exit: Exit, program: string, said: string, l10n: Localiser): string {
  if (exit.kind === 'notStarted')
    return exit.code === 'ENOENT'
      ? l10n.t('The program {0} was not found', program)
      : l10n.t('The program {0} cannot be run ({1})', program, exit.code);
  const how = toldExit(exit, l10n);
  return said === ''
    ? l10n.t('The language server ended again and again ({0})', how)
    : l10n.t('The language server ended again and again ({0}): {1}', how, said);
}

/** The line of what a program wrote that says most: its last one that is not blank. */
export function lastLine(text: string): string {
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .findLast((line) => line !== '') ?? ''
  );
}
