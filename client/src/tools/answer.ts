/**
 * Answers as a language model reads them: places with path and lines, names, code, and how complete the index is. In English,
 * as the tools' descriptions are. Knows no editor.
 */

import type { Completeness, Hit, SearchAnswer, SimilarAnswer } from '../protocol';
import type { OpenFolder } from './places';

/** How places are written. */
export interface Writing {
  readonly folders: readonly (OpenFolder & { readonly uri: string })[];
  /** At most so many characters in all. */
  readonly maxChars: number;
}

/** One place shows at most so much of itself; the model can read the file. */
const MAX_SNIPPET_LINES = 24;
const MAX_SNIPPET_CHARS = 1_600;

/** Places that answer a question; for none, that in words, with what comes nearest. */
export function searchAnswer(query: string, answer: SearchAnswer, writing: Writing): string {
  const { hits, nearest, nearestWords, completeness } = answer;
  if (hits.length > 0) {
    const head = `${counted(hits.length)} for ${JSON.stringify(query)}, best first.`;
    return written([head, ...surroundings(completeness, writing)], hits, writing);
  }
  const head = [`Nothing answers ${JSON.stringify(query)}.`, ...surroundings(completeness, writing)];
  if (nearestWords.length > 0) head.push(`Words of this code that are spelt much like it: ${nearestWords.join(', ')}.`);
  if (nearest.length > 0) head.push('Nearest places, though they hardly answer:');
  return written(head, nearest, writing);
}

/** Places that are like one; copies first. */
export function similarAnswer(answer: SimilarAnswer, writing: Writing): string {
  const { target, copies, hits, completeness } = answer;
  const lines = `${target.range.start.line + 1}-${target.range.end.line + 1}`;
  const named = target.symbol === '' ? `lines ${lines}` : `${target.kind} ${target.symbol} (lines ${lines})`;
  if (copies.length + hits.length === 0) {
    return written([`Nothing is like ${named}.`, ...surroundings(completeness, writing)], [], writing);
  }
  const head = `${counted(copies.length + hits.length)} like ${named}: ${copies.length} with the same text, ${hits.length} alike.`;
  return written([head, ...surroundings(completeness, writing)], [...copies, ...hits], writing);
}

/** How much of the code could be searched, in a sentence. */
export function completenessInWords(completeness: Completeness): string {
  const { files, chunks, embedded, embeddedFirst, complete, indexing } = completeness;
  if (complete) return `The index is complete (${files} files).`;
  if (chunks === 0) {
    return indexing
      ? 'Nothing is indexed yet; indexing has just begun, ask again later.'
      : 'Nothing is indexed; places are missing.';
  }
  if (embedded < chunks) {
    const percent = Math.floor((100 * embedded) / chunks);
    const rest = embedded + embeddedFirst < chunks ? 'by words alone' : 'by a faster model that knows less';
    return `The index is not complete: ${percent} % can be found by meaning, the rest ${rest}; places may be missing.`;
  }
  return 'Changed files are still being read; places may be missing.';
}

function counted(n_places: number): string {
  return n_places === 1 ? '1 place' : `${n_places} places`;
}

function surroundings(completeness: Completeness, { folders }: Writing): readonly string[] {
  const [first, ...others] = folders;
  if (first === undefined) return [completenessInWords(completeness)];
  const where =
    others.length === 0
      ? `Paths are relative to ${first.path}.`
      : `Paths begin with a folder's name: ${folders.map(({ name, path }) => `${name} is ${path}`).join(', ')}.`;
  return [completenessInWords(completeness), where];
}

/** As many places as fit, in order; the first one always. */
function written(head: readonly string[], hits: readonly Hit[], writing: Writing): string {
  let text = head.join('\n');
  for (const [idx, hit] of hits.entries()) {
    const place = `\n\n${idx + 1}. ${placeOf(hit, writing)}`;
    if (idx > 0 && text.length + place.length > writing.maxChars) {
      return `${text}\n\n${hits.length - idx} more left out to keep this short; ask for fewer, or more narrowly.`;
    }
    text += place;
  }
  return text;
}

function placeOf(hit: Hit, { folders }: Writing): string {
  const folder = folders.length > 1 ? folders.find(({ uri }) => uri === hit.folder) : undefined;
  const path = folder === undefined ? hit.path : `${folder.name}/${hit.path}`;
  const { start, end } = hit.range;
  const name = hit.symbol === '' ? hit.kind : `${hit.kind} ${hit.symbol}`;
  const lines = [`${path}:${start.line + 1}-${end.line + 1} · ${name} · ${hit.language}`];
  if (hit.reasons.length > 0) lines.push(`because: ${hit.reasons.map(({ text }) => text).join('; ')}`);
  if (hit.copies.length > 0) lines.push(`the same text at: ${hit.copies.join(', ')}`);
  const snippet = shortened(hit.snippet);
  const fence = '`'.repeat(1 + Math.max(2, ...[...snippet.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length)));
  return [...lines, `${fence}${hit.language}`, snippet, fence].join('\n');
}

function shortened(snippet: string): string {
  const lines = snippet.split('\n');
  const text = lines.slice(0, MAX_SNIPPET_LINES).join('\n');
  if (text.length <= MAX_SNIPPET_CHARS && lines.length <= MAX_SNIPPET_LINES) return snippet;
  return `${text.slice(0, MAX_SNIPPET_CHARS)}\n…`;
}
