/** What the status item shows, from how the server stands and what it told. Knows no editor. */

import type { Localiser } from '../localiser';
import type { FolderStatus, StatusAnswer } from '../protocol';
import type { ServerState } from '../whence';
import { percentDone, shareDone } from './estimate';
import { escapedMarkdown, toldChunks, toldFiles, toldLeft, toldNumber, toldSize, toldSlowed } from './words';

/** The one thing the item says. */
export type StatusKind =
  | 'noFolder'
  | 'settingUp'
  | 'starting'
  | 'restarting'
  | 'failed'
  | 'paused'
  | 'indexing'
  | 'waiting'
  | 'notIndexed'
  | 'ready';

/** What the item looks like and says. */
export interface StatusView {
  readonly kind: StatusKind;
  /** With an icon, `$(name)`. */
  readonly text: string;
  /** The same as a sentence, for screen readers and the menu's title. */
  readonly spoken: string;
  /** Markdown with icons. */
  readonly tooltip: string;
  /** Whether the item is coloured, and how. */
  readonly look: 'normal' | 'warning' | 'error';
}

/** What there is to show. */
export interface Known {
  readonly state: ServerState;
  /** Undefined before the server told any. */
  readonly status: StatusAnswer | undefined;
  /** Until the indexing that goes on is done; undefined where that cannot be told. */
  readonly secondsLeft: number | undefined;
}

/** What the item says of itself, before the folders. */
interface Headline {
  readonly kind: StatusKind;
  readonly icon: string;
  /** Beside the name, in the bar; most say nothing there. */
  readonly beside?: string;
  readonly sentence: string;
  readonly look?: 'warning' | 'error';
}

/** What the status item shows. */
export function viewOf(known: Known, l10n: Localiser): StatusView {
  const { kind, icon, beside, sentence, look } = headlineOf(known, l10n);
  const folders = known.state.kind === 'running' ? (known.status?.folders ?? []) : [];
  return {
    kind,
    text: `$(${icon}) Whence${beside === undefined ? '' : ` ${beside}`}`,
    spoken: `Whence: ${sentence}`,
    tooltip: [`**Whence**: ${escapedMarkdown(sentence)}`, ...folders.map((folder) => told(folder, l10n))].join('\n\n'),
    look: look ?? 'normal',
  };
}

/** How a folder stands, in a few words. */
export function standingOf(folder: FolderStatus, l10n: Localiser): string {
  const share = shareDone(folder);
  if (share !== undefined) return doing(folder, Math.floor(100 * share), l10n);
  switch (folder.activity) {
    case 'waiting':
      return l10n.t('waiting: another window or program indexes it');
    case 'paused':
      return l10n.t('paused');
    case 'failed':
      return folder.error === '' ? l10n.t('indexing failed') : l10n.t('indexing failed: {0}', folder.error);
    default:
      return resting(folder, l10n);
  }
}

/** Name of a folder: its last part. */
export function nameOf({ path }: FolderStatus): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

function headlineOf({ state, status, secondsLeft }: Known, l10n: Localiser): Headline {
  switch (state.kind) {
    case 'stopped':
      return noFolder(l10n);
    case 'settingUp':
      return { kind: 'settingUp', icon: 'sync~spin', sentence: l10n.t('setting up: {0}', state.step) };
    case 'starting':
      return { kind: 'starting', icon: 'loading~spin', sentence: l10n.t('starting') };
    case 'restarting':
      return {
        kind: 'restarting',
        icon: 'warning',
        sentence: l10n.t(
          'the language server ended and is started again in {0} seconds',
          Math.ceil(state.delayMs / 1000),
        ),
        look: 'warning',
      };
    case 'failed':
      return { kind: 'failed', icon: 'error', sentence: l10n.t('does not run. {0}', state.reason), look: 'error' };
    case 'running':
      return status === undefined
        ? { kind: 'starting', icon: 'loading~spin', sentence: l10n.t('starting') }
        : runningHeadline(status, secondsLeft, l10n);
  }
}

function runningHeadline(status: StatusAnswer, secondsLeft: number | undefined, l10n: Localiser): Headline {
  const { folders } = status;
  const first = (activity: FolderStatus['activity']): FolderStatus | undefined =>
    folders.find((folder) => folder.activity === activity);
  const percent = percentDone(status);
  const failed = first('failed');
  if (folders.length === 0) return noFolder(l10n);
  if (status.paused || (percent === undefined && first('paused') !== undefined))
    return {
      kind: 'paused',
      icon: 'debug-pause',
      beside: l10n.t('paused'),
      sentence: l10n.t('indexing is paused; {0}', found(folders, l10n)),
    };
  if (percent !== undefined) return indexing(folders, percent, secondsLeft, l10n);
  if (failed !== undefined)
    return {
      kind: 'failed',
      icon: 'error',
      sentence: `${nameOf(failed)}: ${standingOf(failed, l10n)}`,
      look: 'error',
    };
  if (first('waiting') !== undefined)
    return {
      kind: 'waiting',
      icon: 'watch',
      sentence: l10n.t('another window or program indexes; {0}', found(folders, l10n)),
    };
  if (folders.every(({ state }) => state !== 'usable'))
    return { kind: 'notIndexed', icon: 'circle-slash', sentence: resting(folders[0], l10n), look: 'warning' };
  return { kind: 'ready', icon: 'search', sentence: l10n.t('ready, {0}', found(folders, l10n)) };
}

function noFolder(l10n: Localiser): Headline {
  return { kind: 'noFolder', icon: 'circle-slash', sentence: l10n.t('no folder is open') };
}

function indexing(
  folders: readonly FolderStatus[],
  percent: number,
  secondsLeft: number | undefined,
  l10n: Localiser,
): Headline {
  const slowed = folders.find((folder) => folder.slowed !== '')?.slowed;
  const parts = [
    l10n.t('indexing, {0} percent', percent),
    ...(secondsLeft === undefined ? [] : [toldLeft(secondsLeft, l10n)]),
    ...(slowed === undefined ? [] : [toldSlowed(slowed, l10n)]),
  ];
  return {
    kind: 'indexing',
    icon: slowed === undefined ? 'sync~spin' : 'dashboard',
    beside: `${percent} %`,
    sentence: parts.join(', '),
  };
}

/** What can be searched, over all folders. */
function found(folders: readonly FolderStatus[], l10n: Localiser): string {
  const n_files = folders.reduce((sum, { files }) => sum + files, 0);
  const n_chunks = folders.reduce((sum, { chunks }) => sum + chunks, 0);
  return `${toldFiles(n_files, l10n)}, ${toldChunks(n_chunks, l10n)}`;
}

function doing({ activity, slowed }: FolderStatus, percent: number, l10n: Localiser): string {
  const word = activity === 'listing' ? l10n.t('looking for changes') : l10n.t('indexing, {0} %', percent);
  return slowed === '' ? word : `${word}, ${toldSlowed(slowed, l10n)}`;
}

/** How a folder's index stands while nothing is done to it. */
function resting(folder: FolderStatus | undefined, l10n: Localiser): string {
  switch (folder?.state) {
    case undefined:
    case 'missing':
      return l10n.t('not indexed');
    case 'usable':
      return folder.embedded < folder.chunks ? l10n.t('indexed in part') : l10n.t('ready');
    case 'old-format':
      return l10n.t('its index is of an older version; reindex it');
    case 'newer-format':
      return l10n.t('its index is of a newer version of Whence');
    case 'other-model':
      return l10n.t('its index was made with another model; reindex it');
    case 'corrupt':
      return l10n.t('its index is damaged; reindex it');
    case 'foreign':
      return l10n.t('something else lies where its index should be');
  }
}

/** How much is found by which model's meaning, while the first model stands in. */
function byTwoModels({ embedded, chunks, firstModel }: FolderStatus, l10n: Localiser): string {
  return l10n.t(
    'meaning: {0} of {1} by the model, the rest by {2} until then',
    toldNumber(embedded),
    toldChunks(chunks, l10n),
    firstModel,
  );
}

/** A folder's part of the tooltip. */
function told(folder: FolderStatus, l10n: Localiser): string {
  const counts = [toldFiles(folder.files, l10n), toldChunks(folder.chunks, l10n), toldSize(folder.diskBytes)];
  const standing = escapedMarkdown(standingOf(folder, l10n));
  const lines = [
    `$(folder) **${escapedMarkdown(nameOf(folder))}**: ${standing}`,
    ...(folder.state === 'usable' ? [counts.map(escapedMarkdown).join(' · ')] : []),
    ...(folder.embeddedFirst === 0 ? [] : [escapedMarkdown(byTwoModels(folder, l10n))]),
    ...(folder.detail === '' ? [] : [escapedMarkdown(folder.detail)]),
    ...(folder.indexDir === '' ? [] : [`$(database) ${escapedMarkdown(folder.indexDir)}`]),
  ];
  return lines.join('  \n');
}
