/** How a file is indexed, or why not, as a list to read and to go along. Knows no editor. */

import type { Localiser } from '../localiser';
import type { ExplainedChunk, ExplainFileAnswer } from '../protocol';
import { toldChunks } from './words';

/** What is shown of a file. */
export interface Explanation {
  readonly title: string;
  /** Empty where the file is not indexed. */
  readonly pieces: readonly Piece[];
}

/** One chunk of it. */
export interface Piece {
  readonly label: string;
  readonly description: string;
  readonly chunk: ExplainedChunk;
}

/** What is shown of a file. */
export function explanationOf(answer: ExplainFileAnswer, l10n: Localiser): Explanation {
  const { path, reason, indexed, chunks } = answer;
  return {
    title: indexed
      ? l10n.t('{0} is indexed: {1}, {2}', path, reason, toldChunks(chunks.length, l10n))
      : l10n.t('{0} is not indexed: {1}', path, reason),
    pieces: chunks.map((chunk) => ({
      label: chunk.symbol === '' ? `(${chunk.kind})` : chunk.symbol,
      description: `${chunk.symbol === '' ? '' : `${chunk.kind} · `}${lines(chunk, l10n)}`,
      chunk,
    })),
  };
}

function lines({ range }: ExplainedChunk, l10n: Localiser): string {
  const first = range.start.line + 1;
  const last = range.end.line + 1;
  return first === last ? l10n.t('line {0}', first) : l10n.t('lines {0} to {1}', first, last);
}
