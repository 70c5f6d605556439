/** Whether a function that is being written exists already. Knows no editor. */

import type { Hit, Kind, SimilarAnswer } from '../protocol';
import { isCopy, placesOf } from './places';

/** A function that is new and has its like. */
export interface Twin {
  /** Where its name stands. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The place most like it. */
  readonly hit: Hit;
}

/**
 * Likeness from which on two functions count as one. The server calls "nearly the same" what is 0.8 alike; a function that
 * is still being written lacks some of its likeness.
 */
export const MIN_LIKENESS = 0.78;

/** Of fewer lines that are not blank are getters and wrappers, which are alike everywhere. */
const MIN_LINES = 3;

const FUNCTIONS: readonly Kind[] = ['function', 'method'];

/** Begins of lines that tell of a function before it begins, its name among them: comments, decorators, attributes. */
const BEFORE = /^\s*(\/\/|\/\*|\*|#|--|;|%|"""|'''|@)/;

/**
 * The twin of a function that did not stand in its document when that was last saved; undefined where there is none.
 *
 * @param answer what is like the function.
 * @param lines of the document, as it was asked about.
 * @param saved the document's text when it was last saved.
 */
export function twinOf(answer: SimilarAnswer, lines: readonly string[], saved: string): Twin | undefined {
  const { symbol, kind, range } = answer.target;
  const name = symbol.split('.').at(-1) ?? '';
  if (name === '' || !FUNCTIONS.includes(kind)) return undefined;
  const last = range.end.character === 0 ? range.end.line - 1 : range.end.line;
  const own = lines.slice(range.start.line, last + 1);
  if (own.filter((line) => line.trim() !== '').length < MIN_LINES) return undefined;
  const header = headerOf(own, name);
  if (header === undefined || stood(own, name, header, saved)) return undefined;
  const hit = placesOf(answer).find((one) => isCopy(one) || one.score >= MIN_LIKENESS);
  if (hit === undefined) return undefined;
  return { line: range.start.line + header.idx, start: header.start, end: header.start + name.length, hit };
}

/** The line to ask about: the cursor's, or the last one above it that holds something, where a definition just ended. */
export function lineAsked(lines: readonly string[], cursor: number): number | undefined {
  for (let line = Math.min(cursor, lines.length - 1); line >= 0; line--) {
    if (lines[line]?.trim() !== '') return line;
  }
  return undefined;
}

interface Header {
  /** Line of the function. */
  readonly idx: number;
  /** Character its name begins at. */
  readonly start: number;
  /** The name with the word before it, as `def name`. */
  readonly words: string;
}

/** Where a function is named. */
function headerOf(own: readonly string[], name: string): Header | undefined {
  for (const [idx, line] of own.entries()) {
    if (BEFORE.test(line)) continue;
    const start = placeOfWord(line, name);
    if (start !== undefined) return { idx, start, words: declared(line, name, start) };
  }
  return undefined;
}

/** Whether a document held the function: its text, wherever it stood, or a declaration of its name. */
function stood(own: readonly string[], name: string, header: Header, saved: string): boolean {
  if (folded(saved).includes(folded(own.join('\n')))) return true;
  return saved.split(/\r\n|\r|\n/).some((line) => {
    if (BEFORE.test(line)) return false;
    const start = placeOfWord(line, name);
    return start !== undefined && declared(line, name, start) === header.words;
  });
}

function declared(line: string, name: string, start: number): string {
  const before = /\S+\s*$/.exec(line.slice(0, start))?.[0].trim() ?? '';
  return before === '' ? name : `${before} ${name}`;
}

function placeOfWord(line: string, word: string): number | undefined {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    const around = (line[at - 1] ?? ' ') + (line[at + word.length] ?? ' ');
    if (!/[\p{L}\p{N}_$]/u.test(around)) return at;
  }
  return undefined;
}

function folded(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}
