/** When a server that ended by itself is started again, and when no more. Knows times alone. */

/** A server that ran so long was well; what was before it counts no more. */
export const STABLE_MS = 60_000;

/** Crashes are counted over so long. */
export const WINDOW_MS = 300_000;

/** With so many crashes within the window the next start would end as they did. */
export const MAX_CRASHES = 5;

/** Waited after the first crash; doubled with each that follows, so that a disk or a driver has time to come back. */
export const FIRST_DELAY_MS = 1_000;

/** One end of a server that nobody asked for. */
export interface Crash {
  /** Milliseconds on the caller's clock, which never goes back. */
  readonly atMs: number;
  /** How long the server had been answering; 0 if it never did. */
  readonly ranMs: number;
}

/** What follows a crash. */
export type Verdict =
  | { readonly kind: 'again'; readonly delayMs: number; readonly crashes: readonly Crash[] }
  | { readonly kind: 'giveUp'; readonly crashes: readonly Crash[] };

/**
 * Decide after a crash.
 *
 * @param earlier crashes as the last verdict gave them; none at first and after a person restarted the server.
 */
export function afterCrash(earlier: readonly Crash[], crash: Crash): Verdict {
  const counted = crash.ranMs >= STABLE_MS ? [] : earlier.filter(({ atMs }) => crash.atMs - atMs < WINDOW_MS);
  const crashes = [...counted, crash];
  if (crashes.length >= MAX_CRASHES) return { kind: 'giveUp', crashes };
  return { kind: 'again', delayMs: FIRST_DELAY_MS * 2 ** (crashes.length - 1), crashes };
}
