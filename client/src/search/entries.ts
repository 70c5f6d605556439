/** The lines of the search's list, from an answer. Knows no editor. */

import type { Localiser } from '../localiser';
import type { Completeness, Hit, Kind, SearchAnswer } from '../protocol';
import type { ServerState } from '../whence';
import type { Suggestion } from './completion';

/** One line. */
export type Entry =
  | {
      readonly kind: 'hit';
      readonly hit: Hit;
      readonly label: string;
      readonly description: string;
      readonly detail: string;
    }
  /** Says something; choosing it does nothing. */
  | { readonly kind: 'note'; readonly label: string; readonly detail: string }
  /** Choosing it goes on typing, or asks something else. */
  | { readonly kind: 'ask'; readonly label: string; readonly description: string; readonly query: string }
  | { readonly kind: 'past'; readonly query: string; readonly label: string }
  | { readonly kind: 'heading'; readonly label: string };

const MAX_DETAIL = 140;

/** Hits; for none, that in words, with what comes nearest. */
export function entriesOf(answer: SearchAnswer, hasFolders: boolean, l10n: Localiser): readonly Entry[] {
  if (answer.hits.length > 0) return answer.hits.map((hit) => hitEntry(hit, hasFolders));
  const { completeness, nearest, nearestWords } = answer;
  const why =
    completeness.chunks === 0 && completeness.indexing
      ? l10n.t('Nothing is indexed yet')
      : completeness.complete
        ? l10n.t('Nothing here answers that')
        : l10n.t('Nothing indexed so far answers that');
  // Not with separators: the editor hides those of a list while something is typed.
  const told = [
    toldCompleteness(completeness, l10n),
    nearest.length > 0 ? l10n.t('what comes nearest is below, though it hardly answers') : '',
  ].filter((part) => part !== '');
  const entries: Entry[] = [{ kind: 'note', label: `$(info) ${why}`, detail: told.join(' · ') }];
  for (const word of nearestWords) {
    entries.push({ kind: 'ask', label: `$(search) ${word}`, description: l10n.t('search for it'), query: word });
  }
  entries.push(...nearest.map((hit) => hitEntry(hit, hasFolders)));
  return entries;
}

/** What was asked before. */
export function pastEntries(queries: readonly string[], l10n: Localiser): readonly Entry[] {
  if (queries.length === 0) {
    return [
      {
        kind: 'note',
        label: `$(info) ${l10n.t('Ask in plain words where something happens')}`,
        detail: l10n.t('Filters: lang:go  path:src/**  kind:class  changed:main'),
      },
    ];
  }
  const heading: Entry = { kind: 'heading', label: l10n.t('asked before') };
  return [heading, ...queries.map((query): Entry => ({ kind: 'past', query, label: `$(history) ${query}` }))];
}

/** Ways to go on typing. */
export function suggestionEntries(suggestions: readonly Suggestion[]): readonly Entry[] {
  return suggestions.map(({ label, description, query }): Entry => ({
    kind: 'ask',
    label: `$(filter) ${label}`,
    description,
    query,
  }));
}

/** What went wrong, a line each. */
export function problemEntries(problems: readonly string[]): readonly Entry[] {
  return problems.map((label): Entry => ({ kind: 'note', label: `$(warning) ${label}`, detail: '' }));
}

/** How complete an answer can be, for the head of the list; empty where nothing is missing. */
export function toldCompleteness(completeness: Completeness, l10n: Localiser): string {
  const { chunks, embedded, embeddedFirst, complete, indexing } = completeness;
  if (complete) return '';
  if (chunks === 0) return indexing ? l10n.t('indexing has just begun') : l10n.t('not indexed');
  if (embedded + embeddedFirst < chunks) {
    const percent = Math.floor((100 * (embedded + embeddedFirst)) / chunks);
    return l10n.t('{0} % known by meaning, the rest by words', percent);
  }
  if (embedded < chunks) {
    return l10n.t('{0} % embedded, the rest by a first model so far', Math.floor((100 * embedded) / chunks));
  }
  return indexing ? l10n.t('files are being looked at') : l10n.t('by name so far; meaning is being loaded');
}

/** What the head of the list says of the server; empty where it simply runs. */
export function toldState(state: ServerState, isPaused: boolean, l10n: Localiser): string {
  switch (state.kind) {
    case 'running':
      return isPaused ? l10n.t('indexing is paused') : '';
    case 'settingUp':
      return state.step;
    case 'starting':
    case 'restarting':
      return l10n.t('starting');
    case 'failed':
      return state.reason;
    case 'stopped':
      return l10n.t('not running');
  }
}

/** The editor's icon for a kind of code. */
export function iconOf(kind: Kind): string {
  return ICONS[kind] ?? 'symbol-snippet';
}

const ICONS: Partial<Record<Kind, string>> = {
  function: 'symbol-function',
  method: 'symbol-method',
  constructor: 'symbol-constructor',
  class: 'symbol-class',
  struct: 'symbol-structure',
  interface: 'symbol-interface',
  trait: 'symbol-interface',
  enum: 'symbol-enum',
  type: 'symbol-class',
  module: 'symbol-module',
  namespace: 'symbol-namespace',
  constant: 'symbol-constant',
  variable: 'symbol-variable',
  field: 'symbol-field',
  macro: 'symbol-function',
  test: 'beaker',
  section: 'symbol-string',
  key: 'symbol-key',
};

/** The line of code that tells most: the first of the snippet that is more than a bracket. */
export function telling(snippet: string): string {
  const lines = snippet.split('\n').map((line) => line.trim());
  const line = lines.find((one) => /\w{2}/.test(one)) ?? lines[0] ?? '';
  return line.length <= MAX_DETAIL ? line : `${line.slice(0, MAX_DETAIL - 1)}…`;
}

function hitEntry(hit: Hit, hasFolders: boolean): Entry {
  const place = `${hit.path}:${hit.range.start.line + 1}`;
  const where = hasFolders ? `${folderName(hit.folder)}/${place}` : place;
  return {
    kind: 'hit',
    hit,
    label: `$(${iconOf(hit.kind)}) ${hit.symbol === '' ? (hit.path.split('/').at(-1) ?? hit.path) : hit.symbol}`,
    description: where,
    detail: telling(hit.snippet),
  };
}

/** The last part of a folder's URI, as a person reads it. */
export function folderName(uri: string): string {
  const last = uri.replace(/\/+$/, '').split('/').at(-1) ?? uri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
