/** What makes texts in the reader's language. The editor's `l10n` is one; modules that know no editor are given it. */

/** Its first argument is English, with `{0}` for the first of the others. */
export interface Localiser {
  readonly t: (message: string, ...args: (string | number | boolean)[]) => string;
}
