/** What can be typed next: names of filters and their values. Knows no editor. */

import type { Localiser } from '../localiser';
import { KINDS, LANGUAGES } from '../protocol';
import { type FilterName, FILTERS, type Word, wordsOf } from './query';

/** A way to go on with a query. */
export interface Suggestion {
  /** The word as it would stand there. */
  readonly label: string;
  readonly description: string;
  /** The whole query with it. */
  readonly query: string;
}

/** Values that depend on the workspace. */
export interface KnownValues {
  /** Folders of the workspace, relative, '/' separators. */
  readonly folders: readonly string[];
  /** Branches of its repository. */
  readonly branches: readonly string[];
}

const MAX_SUGGESTIONS = 6;

/** Ways to go on with the last word of a query; none where it is not the beginning of a filter. */
export function suggestionsFor(query: string, known: KnownValues, l10n: Localiser): readonly Suggestion[] {
  const last = wordsOf(query).at(-1);
  if (last?.end !== query.length) return [];
  const finished = last.filter === undefined ? names(last, l10n) : values(last.filter.name, last, known);
  return finished.slice(0, MAX_SUGGESTIONS).map(({ label, description, isOpen }) => ({
    label,
    description,
    query: query.slice(0, last.start) + label + (isOpen ? '' : ' '),
  }));
}

interface Finished {
  readonly label: string;
  readonly description: string;
  /** More of the same word is to come. */
  readonly isOpen: boolean;
}

function names(word: Word, l10n: Localiser): readonly Finished[] {
  const said: Record<FilterName, string> = {
    lang: l10n.t('only this language'),
    path: l10n.t('only paths like this; -path: takes out'),
    kind: l10n.t('only this kind of code'),
    changed: l10n.t('only files that differ from this branch'),
  };
  const begun = word.text.toLowerCase();
  return (Object.keys(FILTERS) as FilterName[])
    .filter((name) => begun.length >= 2 && name.startsWith(begun))
    .map((name) => ({ label: `${name}:`, description: said[name], isOpen: true }));
}

function values(name: FilterName, { text, filter }: Word, known: KnownValues): readonly Finished[] {
  const begun = (filter?.value ?? '').toLowerCase();
  const before = text.slice(0, text.indexOf(':') + 1);
  return offered(name, known)
    .filter((value) => value.toLowerCase() !== begun)
    .filter(
      (value) => value.toLowerCase().startsWith(begun) || (begun.length > 1 && value.toLowerCase().includes(begun)),
    )
    .sort((one, other) => Number(startsOtherwise(one, begun)) - Number(startsOtherwise(other, begun)))
    .map((value) => {
      const pattern = name === 'path' ? `${value}/**` : value;
      return { label: before + (/\s/.test(pattern) ? `"${pattern}"` : pattern), description: '', isOpen: false };
    });
}

function offered(name: FilterName, known: KnownValues): readonly string[] {
  switch (name) {
    case 'lang':
      return LANGUAGES;
    case 'kind':
      return KINDS;
    case 'path':
      return known.folders;
    case 'changed':
      return known.branches;
  }
}

function startsOtherwise(value: string, begun: string): boolean {
  return !value.toLowerCase().startsWith(begun);
}
