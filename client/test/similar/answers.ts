/** Answers about similar code for tests. */

import type { Hit, SimilarAnswer, SimilarTarget } from '../../src/protocol';

/** A hit of another file, but for what is given. */
export function hit(given: Partial<Hit> = {}): Hit {
  const score = given.score ?? 0.95;
  return {
    uri: 'file:///w/shop/net/retry.py',
    range: { start: { line: 6, character: 0 }, end: { line: 12, character: 20 } },
    path: 'net/retry.py',
    folder: 'file:///w/shop',
    symbol: 'retry',
    kind: 'function',
    language: 'python',
    score,
    reasons: [{ kind: 'meaning', text: `nearly the same (${score})`, score }],
    snippet: 'def retry(call):',
    copies: [],
    ...given,
  };
}

/** A hit with the same text. */
export function copy(given: Partial<Hit> = {}): Hit {
  return hit({ score: 1, reasons: [{ kind: 'copy', text: 'the same text', score: 1 }], ...given });
}

/** An answer about a function of four lines, but for what is given. */
export function similar(
  given: Partial<Omit<SimilarAnswer, 'target'>> & { readonly target?: Partial<SimilarTarget> } = {},
): SimilarAnswer {
  return {
    copies: [],
    hits: [],
    completeness: { files: 120, chunks: 900, embedded: 900, embeddedFirst: 0, complete: true, indexing: false },
    timings: {},
    ...given,
    target: {
      uri: 'file:///w/shop/new.py',
      range: { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } },
      symbol: 'call_again',
      kind: 'function',
      language: 'python',
      ...given.target,
    },
  };
}
