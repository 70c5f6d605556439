/** What the menu of the status item offers. Knows no editor. */

import type { Localiser } from '../localiser';
import type { StatusAnswer } from '../protocol';
import type { ServerState } from '../whence';
import { nameOf, standingOf } from './view';
import { toldChunks, toldFiles, toldSize } from './words';

/** A line of the menu. */
export type MenuItem =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly args: readonly unknown[];
      /** With an icon, `$(name)`. */
      readonly label: string;
      /** Beside the label; empty for none. */
      readonly description: string;
    };

/** What can be done now, what is most wanted first. */
export function menuOf(
  state: ServerState,
  status: StatusAnswer | undefined,
  hasEditor: boolean,
  l10n: Localiser,
): readonly MenuItem[] {
  const isRunning = state.kind === 'running' && status !== undefined && status.folders.length > 0;
  return [
    ...(isRunning ? whileRunning(status, hasEditor, l10n) : []),
    heading(l10n.t('Whence')),
    item('whence.showLog', `$(output) ${l10n.t('Open log')}`),
    ...(state.kind === 'stopped' ? [] : [item('whence.restart', `$(debug-restart) ${l10n.t('Restart server')}`)]),
    item('whence.openSettings', `$(gear) ${l10n.t('Settings')}`),
    item('whence.reportIssue', `$(report) ${l10n.t('Report issue…')}`),
  ];
}

function whileRunning(status: StatusAnswer, hasEditor: boolean, l10n: Localiser): readonly MenuItem[] {
  const { folders } = status;
  return [
    item('whence.search', `$(search) ${l10n.t('Search')}`),
    ...(hasEditor ? [item('whence.explainFile', `$(info) ${l10n.t('Explain this file')}`)] : []),
    heading(l10n.t('Indexing')),
    status.paused
      ? item('whence.resume', `$(debug-continue) ${l10n.t('Resume indexing')}`)
      : item('whence.pause', `$(debug-pause) ${l10n.t('Pause indexing')}`),
    item('whence.reindex', `$(sync) ${folders.length > 1 ? l10n.t('Reindex all folders') : l10n.t('Reindex')}`),
    ...(folders.length > 1 ? [item('whence.reindexFolder', `$(root-folder) ${l10n.t('Index only one folder…')}`)] : []),
    item('whence.clearIndex', `$(trash) ${l10n.t('Clear index…')}`),
    heading(l10n.t('Where the index lies')),
    ...folders.map((folder) =>
      item(
        'whence.showIndex',
        `$(database) ${nameOf(folder)}`,
        [
          standingOf(folder, l10n),
          toldFiles(folder.files, l10n),
          toldChunks(folder.chunks, l10n),
          toldSize(folder.diskBytes),
        ].join(' · '),
        [folder.uri],
      ),
    ),
  ];
}

function heading(label: string): MenuItem {
  return { kind: 'heading', label };
}

function item(command: string, label: string, description = '', args: readonly unknown[] = []): MenuItem {
  return { kind: 'command', command, label, description, args };
}
