/** What is asked about similar code, and how its places are told. Knows no editor. */

import type { Localiser } from '../localiser';
import type { Hit, SimilarAnswer, SimilarParams, SimilarTarget } from '../protocol';
import type { Node } from '../results/model';

/** Places asked for when a lens or an action names no number; the server takes the same. */
export const SHOWN_PLACES = 20;

interface Position {
  readonly line: number;
  readonly character: number;
}

/** The question a lens or an action carries; undefined for anything else. */
export function questionOf(argument: unknown): SimilarParams | undefined {
  if (!isObject(argument) || !isObject(argument['textDocument'])) return undefined;
  const { uri } = argument['textDocument'];
  const { position, range } = argument;
  if (typeof uri !== 'string') return undefined;
  const limit = typeof argument['limit'] === 'number' ? argument['limit'] : SHOWN_PLACES;
  const asked = { textDocument: { uri }, limit };
  if (isPosition(position)) return { ...asked, position };
  if (isObject(range) && isPosition(range['start']) && isPosition(range['end'])) {
    return { ...asked, range: { start: range['start'], end: range['end'] } };
  }
  return undefined;
}

/** What a line of the results view lets compare; undefined for anything else, as a file the editor's menu is opened in. */
export function pairOf(argument: unknown): { readonly hit: Hit; readonly like: SimilarTarget } | undefined {
  if (!isObject(argument) || argument['kind'] !== 'hit') return undefined;
  const { hit, like } = argument as Node & { readonly kind: 'hit' };
  return like === undefined ? undefined : { hit, like };
}

/** All places of an answer, copies first. */
export function placesOf({ copies, hits }: SimilarAnswer): readonly Hit[] {
  return [...copies, ...hits];
}

/** Whether a place holds the same text but for white space. */
export function isCopy({ reasons }: Hit): boolean {
  return reasons.some(({ kind }) => kind === 'copy');
}

/** How alike a place is, for a person. */
export function toldLikeness(hit: Hit, l10n: Localiser): string {
  if (isCopy(hit)) return l10n.t('the same text');
  // Only a copy is wholly alike.
  return l10n.t('{0} % alike', Math.min(99, Math.floor(100 * hit.score)));
}

/** Name of a place: its symbol, else its file. */
export function nameOf({ symbol, path }: Pick<Hit, 'symbol' | 'path'>): string {
  return symbol === '' ? (path.split('/').at(-1) ?? path) : symbol;
}

/** Where it stands, as path:line. */
export function whereOf({ path, range }: Pick<Hit, 'path' | 'range'>): string {
  return `${path}:${range.start.line + 1}`;
}

/** A text without the white space that all of its lines begin with, so that pieces can be set side by side. */
export function unindented(text: string): string {
  const lines = text.split(/\r\n|\r|\n/);
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const first = indents[0] ?? '';
  const shared = indents.reduce((common, indent) => {
    let n = 0;
    while (n < common.length && common[n] === indent[n]) n++;
    return common.slice(0, n);
  }, first);
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart())).join('\n');
}

function isPosition(value: unknown): value is Position {
  return isObject(value) && typeof value['line'] === 'number' && typeof value['character'] === 'number';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
