/**
 * What a language model calls the tools with, checked field by field. What it says when something does not fit is for the
 * model, hence in English: one line that names the field and what it takes. Knows no editor.
 */

import { type Kind, KINDS, type LanguageName, LANGUAGES, type SearchParams } from '../protocol';

/** An input that does not fit; the message is one line for a language model. */
export class InputRefused extends Error {
  override readonly name = 'InputRefused';
}

/** A question for the server, but for the folder, which is named as a person names it. */
export interface SearchInput {
  readonly params: SearchParams;
  /** Name of an open folder; undefined for all of them. */
  readonly folder: string | undefined;
}

/** A place whose like is wanted. */
export interface SimilarInput {
  /** Relative to an open folder, absolute, or a file: URI. */
  readonly path: string;
  /** First and last line, 1-based; without a last one, the definition around the first. */
  readonly line: number;
  readonly endLine: number | undefined;
  readonly limit: number;
}

/** A model reads ten places as easily as it reads thirty badly. */
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 30;
/** More than a question; what is longer is code, for which there is the other tool. */
const MAX_QUERY = 1_000;
const MAX_PATTERNS = 20;
const MAX_PATTERN = 300;
const MAX_PATH = 4_096;
const MAX_LINE = 10_000_000;

/**
 * The input of whence_search.
 *
 * @throws InputRefused
 */
export function searchInput(input: unknown): SearchInput {
  const fields = fieldsOf(input, ['query', 'limit', 'paths', 'languages', 'kinds', 'folder']);
  const query = text(fields, 'query', MAX_QUERY).trim();
  if (query === '') throw new InputRefused('query: expected a question in plain words, but it is empty');
  return {
    params: {
      query,
      limit: integer(fields, 'limit', MAX_LIMIT) ?? DEFAULT_LIMIT,
      paths: texts(fields, 'paths'),
      languages: texts(fields, 'languages').map(asLanguage),
      kinds: texts(fields, 'kinds').map(asKind),
    },
    folder: fields.get('folder') === undefined ? undefined : text(fields, 'folder', MAX_PATH),
  };
}

/**
 * The input of whence_similar.
 *
 * @throws InputRefused
 */
export function similarInput(input: unknown): SimilarInput {
  const fields = fieldsOf(input, ['path', 'line', 'endLine', 'limit']);
  const path = text(fields, 'path', MAX_PATH).trim();
  if (path === '') throw new InputRefused('path: expected the path of a file, but it is empty');
  const line = integer(fields, 'line', MAX_LINE);
  if (line === undefined)
    throw new InputRefused('line: expected a line of the code, counted from 1, but it is missing');
  const endLine = integer(fields, 'endLine', MAX_LINE);
  if (endLine !== undefined && endLine < line) {
    throw new InputRefused(`endLine: expected a line not before line ${line}, got ${endLine}`);
  }
  return { path, line, endLine, limit: integer(fields, 'limit', MAX_LIMIT) ?? DEFAULT_LIMIT };
}

type Fields = ReadonlyMap<string, unknown>;

/** `null` counts as left out: that is how some models leave things out. */
function fieldsOf(input: unknown, known: readonly string[]): Fields {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InputRefused(`expected an object with ${known.join(', ')}, got ${told(input)}`);
  }
  const fields = new Map(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
  for (const name of fields.keys()) {
    if (!known.includes(name)) throw new InputRefused(`unknown field ${told(name)}; known are ${known.join(', ')}`);
  }
  return fields;
}

function text(fields: Fields, name: string, most: number): string {
  const value = fields.get(name);
  if (value === undefined) throw new InputRefused(`${name}: expected a text, but it is missing`);
  if (typeof value !== 'string') throw new InputRefused(`${name}: expected a text, got ${told(value)}`);
  if (value.length > most) {
    throw new InputRefused(`${name}: expected at most ${most} characters, got ${value.length}`);
  }
  return value;
}

/** One text counts as a list of one. */
function texts(fields: Fields, name: string): readonly string[] {
  const value = fields.get(name) ?? [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_PATTERNS) {
    throw new InputRefused(`${name}: expected at most ${MAX_PATTERNS} texts, got ${list.length}`);
  }
  return list.map((one) => {
    if (typeof one !== 'string' || one.trim() === '' || one.length > MAX_PATTERN) {
      throw new InputRefused(`${name}: expected texts of 1 to ${MAX_PATTERN} characters, got ${told(one)}`);
    }
    return one.trim();
  });
}

function integer(fields: Fields, name: string, most: number): number | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most) {
    throw new InputRefused(`${name}: expected an integer from 1 to ${most}, got ${told(value)}`);
  }
  return value;
}

function asLanguage(name: string): LanguageName {
  const language = LANGUAGES.find((one) => one === name.toLowerCase());
  if (language === undefined) {
    throw new InputRefused(`languages: ${told(name)} is unknown; known are ${LANGUAGES.join(', ')}`);
  }
  return language;
}

function asKind(name: string): Kind {
  const kind = KINDS.find((one) => one === name.toLowerCase());
  if (kind === undefined) throw new InputRefused(`kinds: ${told(name)} is unknown; known are ${KINDS.join(', ')}`);
  return kind;
}

/** A value in a message: short, on one line. */
function told(value: unknown): string {
  const whole = JSON.stringify(value) as string | undefined;
  if (whole === undefined) return typeof value;
  return whole.length <= 60 ? whole : `${whole.slice(0, 59)}…`;
}
