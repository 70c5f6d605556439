/** The results view's tree: grouping, order, what was dismissed. Knows no editor. */

import type { Localiser } from '../localiser';
import type { Hit, Reason, ReasonKind, SearchParams, SimilarParams, SimilarTarget } from '../protocol';

/** What was asked of the server, to ask it again. */
export type Question =
  | { readonly kind: 'search'; readonly params: SearchParams }
  /** What is like `target`. */
  | { readonly kind: 'similar'; readonly params: SimilarParams; readonly target: SimilarTarget };

/** A question with its answer, as it is pinned. */
export interface Results {
  /** As it was typed, filters and all; in words for a question that nobody typed. */
  readonly query: string;
  readonly question: Question;
  readonly hits: readonly Hit[];
  /** How complete the answer is; empty for whole. */
  readonly completeness: string;
}

/** A file with its hits, or a hit. */
export type Node =
  | { readonly kind: 'file'; readonly uri: string; readonly path: string; readonly hits: readonly Hit[] }
  | {
      readonly kind: 'hit';
      readonly hit: Hit;
      readonly rank: number;
      /** What it is like, where that was asked. */
      readonly like: SimilarTarget | undefined;
    };

/** What of some results is shown. */
export class ResultsModel {
  #results: Results | undefined;
  readonly #dismissed = new Set<Hit>();
  isGrouped = true;

  get results(): Results | undefined {
    return this.#results;
  }

  /** Show these, all of them. */
  show(results: Results | undefined): void {
    this.#results = results;
    this.#dismissed.clear();
  }

  /** What is left, in rank order. */
  get hits(): readonly Hit[] {
    return (this.#results?.hits ?? []).filter((hit) => !this.#dismissed.has(hit));
  }

  dismiss(node: Node): void {
    for (const hit of node.kind === 'file' ? node.hits : [node.hit]) this.#dismissed.add(hit);
  }

  /** The tree's first level: files in the order of their best hit, or hits. */
  get roots(): readonly Node[] {
    if (!this.isGrouped) return this.hits.map((hit) => this.#hitNode(hit));
    const byFile = new Map<string, Hit[]>();
    for (const hit of this.hits) byFile.set(hit.uri, [...(byFile.get(hit.uri) ?? []), hit]);
    return [...byFile].map(([uri, hits]) => ({ kind: 'file', uri, path: hits[0]?.path ?? uri, hits }));
  }

  /** A file's hits in the order they stand in it. */
  childrenOf(node: Node): readonly Node[] {
    if (node.kind === 'hit') return [];
    return [...node.hits]
      .sort((one, other) => one.range.start.line - other.range.start.line)
      .map((hit) => this.#hitNode(hit));
  }

  #hitNode(hit: Hit): Node {
    const question = this.#results?.question;
    const like = question?.kind === 'similar' ? question.target : undefined;
    return { kind: 'hit', hit, rank: 1 + (this.#results?.hits.indexOf(hit) ?? 0), like };
  }
}

/** What stands above the tree: the question, how many places are left, how complete the answer is. */
export function toldResults({ query, completeness }: Results, n_places: number, l10n: Localiser): string {
  const places = n_places === 1 ? l10n.t('1 place') : l10n.t('{0} places', n_places);
  return [query, places, completeness].filter((part) => part !== '').join(' · ');
}

const BAR = 8;

/** Why a hit matched: a table with a bar for each cause, as Markdown. */
export function reasonsAsMarkdown(hit: Hit, l10n: Localiser): string {
  const most = Math.max(...hit.reasons.map(({ score }) => Math.abs(score)), Number.EPSILON);
  const rows = hit.reasons.map((reason) => {
    const length = Math.max(1, Math.round((BAR * Math.abs(reason.score)) / most));
    const bar = (reason.score < 0 ? '▁' : '▇').repeat(length);
    return `| ${named(reason.kind, l10n)} | \`${bar.padEnd(BAR)}\` | ${escaped(reason)} |`;
  });
  const copies = hit.copies.length === 0 ? [] : ['', l10n.t('The same text: {0}', hit.copies.join(', '))];
  return [`| | | ${l10n.t('why')} |`, '|---|---|---|', ...rows, ...copies].join('\n');
}

/** Why a hit matched, for a screen reader. */
export function reasonsInWords(hit: Hit): string {
  return hit.reasons.map(({ text }) => text).join('; ');
}

function named(kind: ReasonKind, l10n: Localiser): string {
  switch (kind) {
    case 'meaning':
      return l10n.t('meaning');
    case 'words':
      return l10n.t('words');
    case 'symbol':
      return l10n.t('symbol');
    case 'path':
      return l10n.t('path');
    case 'definition':
      return l10n.t('definition');
    case 'file-role':
      return l10n.t('file');
    case 'copy':
      return l10n.t('copy');
  }
}

function escaped({ text }: Reason): string {
  return text.replace(/[\\`*_[\]<>#|]/g, '\\$&');
}
