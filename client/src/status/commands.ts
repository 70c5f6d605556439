/** What a person can do about indexes: pause, reindex, clear, explain, and see where they lie. */

import {
  CancellationError,
  commands,
  env,
  l10n,
  ProgressLocation,
  QuickPickItemKind,
  Selection,
  UIKind,
  Uri,
  window,
  workspace,
} from 'vscode';

import type { ExplainedChunk, FolderStatus } from '../protocol';
import { RequestFailed, type Whence } from '../whence';
import { explanationOf } from './explaining';
import { menuOf } from './menu';
import { nameOf, standingOf, viewOf } from './view';
import { toldSize } from './words';

/** Run a command; what the server refuses is shown in its own words. */
export async function shown(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof CancellationError) return;
    if (!(error instanceof RequestFailed)) throw error;
    void window.showErrorMessage(error.message);
  }
}

/** Offer what can be done now. */
export async function showMenu(whence: Whence): Promise<void> {
  const { state, status } = whence;
  const items = menuOf(state, status, window.activeTextEditor !== undefined, l10n).map((item) =>
    item.kind === 'heading'
      ? { label: item.label, kind: QuickPickItemKind.Separator, item }
      : { label: item.label, description: item.description, item },
  );
  const { spoken } = viewOf({ state, status, secondsLeft: undefined }, l10n);
  const chosen = await window.showQuickPick(items, { title: spoken, placeHolder: l10n.t('What shall be done?') });
  if (chosen?.item.kind === 'command') await commands.executeCommand(chosen.item.command, ...chosen.item.args);
}

/** Let indexing of all folders pause or go on. */
export async function pause(whence: Whence, paused: boolean): Promise<void> {
  await whence.request('whence/pause', { paused });
}

/** Build the indexes of all folders anew; vectors made before are used again. */
export async function reindex(whence: Whence): Promise<void> {
  await whence.request('whence/reindex', { fresh: true });
}

/** Bring one folder's index up to date, whatever the settings say. */
export async function reindexFolder(whence: Whence): Promise<void> {
  const folder = await pickedFolder(whence, l10n.t('Which folder shall be indexed?'));
  if (folder !== undefined) await whence.request('whence/reindex', { folders: [folder.uri] });
}

/** Remove indexes, after asking. */
export async function clearIndex(whence: Whence): Promise<void> {
  const { folders } = await whence.request('whence/status', {});
  const all = { label: l10n.t('All folders'), folders };
  const each = folders.map((folder) => ({ ...line(folder), folders: [folder] }));
  const chosen =
    folders.length > 1
      ? await window.showQuickPick([all, ...each], { placeHolder: l10n.t('Which index shall be removed?') })
      : all;
  if (chosen === undefined || chosen.folders.length === 0) return;
  const n_bytes = chosen.folders.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
  const remove = l10n.t('Remove');
  const answer = await window.showWarningMessage(
    l10n.t('Remove the index of {0}?', chosen.folders.map(nameOf).join(', ')),
    {
      modal: true,
      detail: l10n.t(
        '{0} are freed. Your files stay as they are. Nothing is found there until the folder is indexed again, with "Reindex" or when it is opened anew.',
        toldSize(n_bytes),
      ),
    },
    remove,
  );
  if (answer === remove) await whence.request('whence/clear', { folders: chosen.folders.map(({ uri }) => uri) });
}

/** Say where a folder's index lies and how big it is. */
export async function showIndex(whence: Whence, uri: unknown): Promise<void> {
  const { folders } = await whence.request('whence/status', {});
  const named = folders.find((folder) => folder.uri === uri);
  const folder = named ?? (await pickedFolder(whence, l10n.t("Which folder's index?")));
  if (folder === undefined) return;
  const open = l10n.t('Open Folder');
  const copy = l10n.t('Copy Path');
  // Elsewhere than on this desktop there is no file manager to open it with.
  const isHere = env.remoteName === undefined && env.uiKind === UIKind.Desktop;
  const answer = await window.showInformationMessage(
    l10n.t('The index of {0} lies in {1} and takes {2}.', nameOf(folder), folder.indexDir, toldSize(folder.diskBytes)),
    ...(isHere ? [open, copy] : [copy]),
  );
  if (answer === open) await commands.executeCommand('revealFileInOS', Uri.file(folder.indexDir));
  if (answer === copy) await env.clipboard.writeText(folder.indexDir);
}

/** Show how a file is indexed, or why it is not; chunks can be gone along and opened. */
export async function explainFile(whence: Whence, resource: unknown): Promise<void> {
  const uri = resource instanceof Uri ? resource : window.activeTextEditor?.document.uri;
  if (uri === undefined) throw new RequestFailed(l10n.t('Open a file first, or choose one in the explorer'));
  const answer = await window.withProgress({ location: ProgressLocation.Window, title: 'Whence' }, () =>
    whence.request('whence/explainFile', { uri: uri.toString() }),
  );
  const { title, pieces } = explanationOf(answer, l10n);
  if (pieces.length === 0) {
    void window.showInformationMessage(title);
    return;
  }
  const placeHolder = l10n.t('Pieces of the file as they can be found; choose one to go there');
  const chosen = await window.showQuickPick(pieces, { title, placeHolder, matchOnDescription: true });
  if (chosen !== undefined) await goTo(uri, chosen.chunk);
}

async function goTo(uri: Uri, { range }: ExplainedChunk): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const at = new Selection(range.start.line, range.start.character, range.end.line, range.end.character);
  await window.showTextDocument(document, { selection: at });
}

async function pickedFolder(whence: Whence, question: string): Promise<FolderStatus | undefined> {
  const { folders } = await whence.request('whence/status', {});
  if (folders.length <= 1) return folders[0];
  const lines = folders.map((folder) => ({ ...line(folder), folder }));
  return (await window.showQuickPick(lines, { placeHolder: question }))?.folder;
}

function line(folder: FolderStatus): { readonly label: string; readonly description: string } {
  return { label: nameOf(folder), description: `${standingOf(folder, l10n)} · ${toldSize(folder.diskBytes)}` };
}
