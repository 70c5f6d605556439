/**
 * What goes over the wire in Whence's own requests, explained field by field in docs/protocol.md.
 * Written by `make client-types` from server/whence/lsp/wire.py: do not edit.
 */

import type { Position, Range } from 'vscode-languageserver-protocol';

/** Has a scheme. */
export type Uri = string;

/** A language as the server names it. */
export type LanguageName = string;

/** What a chunk is, in the words a programmer would use. */
export type Kind = 'function' | 'method' | 'constructor' | 'class' | 'struct' | 'interface' | 'trait' | 'enum' | 'type' | 'module' | 'namespace' | 'constant' | 'variable' | 'field' | 'macro' | 'test' | 'section' | 'cell' | 'table' | 'query' | 'rule' | 'element' | 'key' | 'target' | 'stage' | 'block' | 'text';

/** Where a hit's score comes from. */
export type ReasonKind = 'meaning' | 'words' | 'symbol' | 'path' | 'definition' | 'file-role' | 'copy';

/** What is found where a workspace's index should be. */
export type IndexState = 'missing' | 'usable' | 'old-format' | 'newer-format' | 'other-model' | 'corrupt' | 'foreign';

/** What is being done to a folder's index. */
export type Activity = 'idle' | 'waiting' | 'listing' | 'reading' | 'embedding' | 'settling' | 'paused' | 'failed';

/** Every kind. */
export const KINDS: readonly Kind[] = ['function', 'method', 'constructor', 'class', 'struct', 'interface', 'trait', 'enum', 'type', 'module', 'namespace', 'constant', 'variable', 'field', 'macro', 'test', 'section', 'cell', 'table', 'query', 'rule', 'element', 'key', 'target', 'stage', 'block', 'text'];

/** Every language Whence knows by name. */
export const LANGUAGES: readonly LanguageName[] = ['asciidoc', 'bash', 'bats', 'c', 'cmake', 'cpp', 'csharp', 'css', 'dart', 'dockerfile', 'elixir', 'go', 'graphql', 'haskell', 'hcl', 'html', 'ini', 'java', 'javascript', 'json', 'jsx', 'julia', 'jupyter', 'kotlin', 'less', 'lua', 'makefile', 'markdown', 'objective-c', 'ocaml', 'ocaml-interface', 'org', 'perl', 'php', 'powershell', 'proto', 'python', 'r', 'rst', 'ruby', 'rust', 'scala', 'scss', 'sql', 'svelte', 'swift', 'toml', 'tsx', 'typescript', 'vue', 'xml', 'yaml', 'zig'];

/** LSP's TextDocumentIdentifier. */
export interface TextDocument {
  readonly uri: Uri;
}

/** A question. Empty lists limit nothing. */
export interface SearchParams {
  readonly query: string;
  readonly limit?: number;
  /** gitignore patterns on paths relative to their folder. */
  readonly paths?: readonly string[];
  readonly languages?: readonly LanguageName[];
  readonly kinds?: readonly Kind[];
  readonly folders?: readonly Uri[];
}

/** One cause of a hit. The scores of a hit's reasons add up to its own. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly text: string;
  readonly score: number;
}

/** A place that answers. */
export interface Hit {
  readonly uri: Uri;
  readonly range: Range;
  /** Relative to `folder`, '/' separators. */
  readonly path: string;
  readonly folder: Uri;
  readonly symbol: string;
  readonly kind: Kind;
  readonly language: LanguageName;
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly snippet: string;
  /** Other places with the same text, as path:line. */
  readonly copies: readonly string[];
}

/** How much of the folders asked is indexed; the counts are sums. */
export interface Completeness {
  readonly files: number;
  readonly chunks: number;
  readonly embedded: number;
  /** Chunks without their vector that a first model's stands in for. */
  readonly embeddedFirst: number;
  readonly complete: boolean;
  readonly indexing: boolean;
}

/** Hits in rank order. Where there are none, the nearest places and words that hardly answer. */
export interface SearchAnswer {
  readonly hits: readonly Hit[];
  readonly nearest: readonly Hit[];
  readonly nearestWords: readonly string[];
  readonly completeness: Completeness;
  /** Milliseconds a stage took, by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** A place whose like is wanted: exactly one of `position` and `range`. */
export interface SimilarParams {
  readonly textDocument: TextDocument;
  readonly position?: Position;
  readonly range?: Range;
  readonly limit?: number;
}

/** The definition that was asked about. */
export interface SimilarTarget {
  readonly uri: Uri;
  readonly range: Range;
  readonly symbol: string;
  readonly kind: Kind;
  readonly language: LanguageName;
}

/** Copies hold the target's text but for white space; hits are in order of likeness. */
export interface SimilarAnswer {
  readonly target: SimilarTarget;
  readonly copies: readonly Hit[];
  readonly hits: readonly Hit[];
  readonly completeness: Completeness;
  readonly timings: Readonly<Record<string, number>>;
}

/** Nothing to say. */
export interface StatusParams {
}

/** One open folder, its index, and what is being done to it. */
export interface FolderStatus {
  readonly uri: Uri;
  readonly path: string;
  readonly state: IndexState;
  readonly detail: string;
  readonly files: number;
  readonly chunks: number;
  readonly embedded: number;
  /** Chunks without their vector that a first model's stands in for. */
  readonly embeddedFirst: number;
  /** Its name; empty where none stands in. */
  readonly firstModel: string;
  readonly activity: Activity;
  readonly done: number;
  /** `done` of `total` of what the activity counts; both 0 where it counts nothing. */
  readonly total: number;
  /** Why it goes slower than it could; empty where it does not. */
  readonly slowed: string;
  readonly error: string;
  readonly diskBytes: number;
  readonly indexDir: string;
  /** Seconds since the epoch. */
  readonly changedAt: number | null;
}

/** The server and every folder it has open. */
export interface StatusAnswer {
  readonly version: string;
  readonly model: string;
  readonly paused: boolean;
  readonly folders: readonly FolderStatus[];
}

/** Which folders to bring up to date, or to build anew; no folders means all. */
export interface ReindexParams {
  readonly folders?: readonly Uri[];
  readonly fresh?: boolean;
}

/** How many folders are in the queue for it. */
export interface ReindexAnswer {
  readonly queued: number;
}

/** Which folders' indexes to remove; no folders means all. */
export interface ClearParams {
  readonly folders?: readonly Uri[];
}

/** How many indexes were removed. */
export interface ClearAnswer {
  readonly cleared: number;
}

/** Whether indexing is to pause or to go on. */
export interface PauseParams {
  readonly paused: boolean;
}

/** Whether indexing pauses now. */
export interface PauseAnswer {
  readonly paused: boolean;
}

/** A file, indexed or not. */
export interface ExplainFileParams {
  readonly uri: Uri;
}

/** A piece of a file as it stands in the index. */
export interface ExplainedChunk {
  readonly range: Range;
  readonly symbol: string;
  readonly kind: Kind;
}

/** How a file is indexed, or why it is not. */
export interface ExplainFileAnswer {
  readonly uri: Uri;
  readonly path: string;
  readonly folder: Uri;
  readonly indexed: boolean;
  readonly reason: string;
  readonly chunks: readonly ExplainedChunk[];
}

/** What each request takes and answers. */
export interface Methods {
  readonly 'whence/search': { readonly params: SearchParams; readonly answer: SearchAnswer };
  readonly 'whence/similar': { readonly params: SimilarParams; readonly answer: SimilarAnswer };
  readonly 'whence/status': { readonly params: StatusParams; readonly answer: StatusAnswer };
  readonly 'whence/reindex': { readonly params: ReindexParams; readonly answer: ReindexAnswer };
  readonly 'whence/clear': { readonly params: ClearParams; readonly answer: ClearAnswer };
  readonly 'whence/pause': { readonly params: PauseParams; readonly answer: PauseAnswer };
  readonly 'whence/explainFile': { readonly params: ExplainFileParams; readonly answer: ExplainFileAnswer };
}

/** A notification with a StatusAnswer, for clients that ask for it. */
export const STATUS_CHANGED = 'whence/didChangeStatus';

/** The command of code lenses and code actions. */
export const SHOW_SIMILAR = 'whence.showSimilar';
