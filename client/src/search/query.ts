/**
 * What a person types: a question with filters among its words, as `lang:go path:src/** -path:tests kind:class
 * changed:main`. Knows no editor.
 */

import type { Localiser } from '../localiser';
import { type Kind, KINDS, LANGUAGES, type LanguageName } from '../protocol';

/** Names of filters, each with the short forms people know from elsewhere. */
export const FILTERS = {
  lang: ['lang', 'language', 'l'],
  path: ['path', 'file', 'p'],
  kind: ['kind', 'k'],
  changed: ['changed'],
} as const;

export type FilterName = keyof typeof FILTERS;

/** A question, taken apart. */
export interface ParsedQuery {
  /** What is left without the filters. */
  readonly text: string;
  readonly languages: readonly LanguageName[];
  readonly kinds: readonly Kind[];
  /** gitignore patterns; those that take out begin with '!'. */
  readonly paths: readonly string[];
  /** Only files that differ from this branch or commit. */
  readonly changed: string | undefined;
  /** What cannot be understood, one line each, for a person. */
  readonly problems: readonly string[];
}

/** One word of a query: where it stands, and the filter it is, if it is one. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly filter: { readonly name: FilterName; readonly value: string; readonly isNot: boolean } | undefined;
  /** Without quotes. */
  readonly text: string;
}

/** Take a question apart. */
export function parseQuery(query: string, l10n: Localiser): ParsedQuery {
  const languages: LanguageName[] = [];
  const kinds: Kind[] = [];
  const paths: string[] = [];
  const problems: string[] = [];
  const text: string[] = [];
  let changed: string | undefined;
  for (const word of wordsOf(query)) {
    const { filter } = word;
    if (filter === undefined) {
      text.push(query.slice(word.start, word.end));
      continue;
    }
    const { name, value, isNot } = filter;
    if (value === '') continue; // still being typed
    if (isNot && name !== 'path') {
      problems.push(l10n.t('Only path: can be turned round with a minus, not {0}:', name));
      continue;
    }
    switch (name) {
      case 'lang': {
        const known = LANGUAGES.find((language) => language === value.toLowerCase());
        if (known === undefined) problems.push(l10n.t('No language is called "{0}"', value));
        else languages.push(known);
        break;
      }
      case 'kind': {
        const known = KINDS.find((kind) => kind === value.toLowerCase());
        if (known === undefined) problems.push(l10n.t('No kind of code is called "{0}"', value));
        else kinds.push(known);
        break;
      }
      case 'path':
        paths.push(isNot ? `!${value}` : value);
        break;
      case 'changed':
        changed = value;
        break;
    }
  }
  return { text: text.join(' '), languages, kinds, paths: withSomethingToTakeFrom(paths), changed, problems };
}

/** A pattern that fits only below a folder of the workspace; `folder` is relative, '' for all of it. */
export function within(folder: string, pattern: string): string {
  if (folder === '') return pattern;
  const [sign, bare] = pattern.startsWith('!') ? ['!', pattern.slice(1)] : ['', pattern];
  const isAnchored = bare.replace(/\/$/, '').includes('/');
  return `${sign}${patternOf(folder)}/${isAnchored ? bare.replace(/^\//, '') : `**/${bare}`}`;
}

/** A gitignore pattern that fits this path alone. */
export function patternOf(path: string): string {
  return `/${path.replace(/[\\*?[\]!#]/g, '\\$&').replace(/ +$/, (blanks) => '\\ '.repeat(blanks.length))}`;
}

/** The words of a query in order; quotes hold a word together. */
export function wordsOf(query: string): readonly Word[] {
  const words: Word[] = [];
  for (const match of query.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)) {
    const raw = match[0];
    words.push({
      start: match.index,
      end: match.index + raw.length,
      filter: filterOf(raw),
      text: raw.replaceAll('"', ''),
    });
  }
  return words;
}

function filterOf(raw: string): Word['filter'] {
  const found = /^(?<not>[-!]?)(?<name>[a-z]+):(?<value>.*)$/i.exec(raw)?.groups;
  if (found === undefined) return undefined;
  const named = found['name']?.toLowerCase() ?? '';
  for (const name of Object.keys(FILTERS) as FilterName[]) {
    if ((FILTERS[name] as readonly string[]).includes(named)) {
      return { name, value: (found['value'] ?? '').replaceAll('"', ''), isNot: found['not'] !== '' };
    }
  }
  return undefined; // a word with a colon, as std::vector or http://
}

/** Patterns that only take out take from everything. */
function withSomethingToTakeFrom(paths: readonly string[]): readonly string[] {
  return paths.length > 0 && paths.every((path) => path.startsWith('!')) ? ['**', ...paths] : paths;
}
