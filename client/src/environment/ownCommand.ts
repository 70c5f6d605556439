/** A command of the person's own in place of our environment: how it is asked for its version, and what it is started with. */

import type { Ended } from './process';

/** What is wrong with an own command. */
export type OwnCommandFault =
  | { readonly kind: 'notStarted'; readonly detail: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** It answered, but as something else than Whence. */
  | { readonly kind: 'notWhence'; readonly detail: string };

/** The words that ask for the version: the command's own up to `serve`, then `--version`. */
export function versionArgs(args: readonly string[]): readonly string[] {
  const serveIdx = args.lastIndexOf('serve');
  return [...(serveIdx < 0 ? args : args.slice(0, serveIdx)), '--version'];
}

/** The words that start the server: `whence` alone becomes `whence serve`; what else a person wrote stays as it is. */
export function serveArgs(command: string, args: readonly string[]): readonly string[] {
  const isWhenceAlone = args.length === 0 && /(^|[\\/])whence(\.exe)?$/i.test(command);
  return isWhenceAlone ? ['serve'] : args;
}

/** What a command answered when it was asked for its version. */
export type Answer =
  { readonly kind: 'whence'; readonly version: string } | { readonly kind: 'fault'; readonly fault: OwnCommandFault };

/** Read the answer to `--version`. */
export function readAnswer(ended: Ended): Answer {
  switch (ended.kind) {
    case 'notStarted':
      return { kind: 'fault', fault: { kind: 'notStarted', detail: ended.reason } };
    case 'late':
      return { kind: 'fault', fault: { kind: 'late' } };
    case 'killed':
      return { kind: 'fault', fault: { kind: 'failed', detail: ended.by } };
    case 'exited': {
      const version = /^whence (\S+)$/m.exec(ended.output)?.[1];
      if (ended.code === 0 && version !== undefined) return { kind: 'whence', version };
      const detail = ended.output.trim().split(/\r?\n/).at(-1) ?? '';
      return {
        kind: 'fault',
        fault: ended.code === 0 ? { kind: 'notWhence', detail } : { kind: 'failed', detail: detail || `${ended.code}` },
      };
    }
  }
}
