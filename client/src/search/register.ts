/** Searching: its commands, its history, what is known for completing filters. */

import { commands, type ExtensionContext, FileType, l10n, Uri, window, workspace } from 'vscode';

import type { Results } from '../results/model';
import type { Whence } from '../whence';
import type { Scope } from './asking';
import { branches } from './changed';
import type { KnownValues } from './completion';
import { History } from './history';
import { SearchPicker } from './picker';

/** As deep as folders are offered for `path:`. */
const FOLDER_DEPTH = 2;
const MAX_FOLDERS = 300;

/** Take the commands that search; `pin` keeps a list of results in view. */
export function registerSearch(context: ExtensionContext, whence: Whence, pin: (results: Results) => void): void {
  const history = new History(context.workspaceState);
  let known: KnownValues = { folders: [], branches: [] };
  let current: SearchPicker | undefined;
  const search = (query: string, scope?: Scope): void => {
    void lookAround().then((found) => (known = found));
    current?.dispose();
    current = new SearchPicker({ whence, history, known: () => known, pin }, scope);
    current.show(query);
  };
  context.subscriptions.push(
    { dispose: () => current?.dispose() },
    commands.registerCommand('whence.search', (query: unknown) => {
      search(typeof query === 'string' ? query : '');
    }),
    commands.registerCommand('whence.searchSelection', () => {
      search(selected());
    }),
    commands.registerCommand('whence.searchInFolder', async (resource: unknown) => {
      const scope = await scopeOf(resource);
      if (scope !== undefined) search('', scope);
    }),
  );
}

/** The selected text on one line, else the word under the cursor. */
function selected(): string {
  const editor = window.activeTextEditor;
  if (editor === undefined) return '';
  const range = editor.selection.isEmpty
    ? editor.document.getWordRangeAtPosition(editor.selection.active)
    : editor.selection;
  return range === undefined ? '' : editor.document.getText(range).replace(/\s+/g, ' ').trim().slice(0, 500);
}

async function scopeOf(resource: unknown): Promise<Scope | undefined> {
  const uri = resource instanceof Uri ? resource : window.activeTextEditor?.document.uri;
  const folder = uri === undefined ? undefined : workspace.getWorkspaceFolder(uri);
  if (uri === undefined || folder === undefined) {
    void window.showInformationMessage(l10n.t('Choose a folder of the workspace in the explorer'));
    return undefined;
  }
  const { type } = await workspace.fs.stat(uri);
  const place = (type & FileType.Directory) === 0 ? Uri.joinPath(uri, '..') : uri;
  const path = workspace.asRelativePath(place, false);
  return { folder: folder.uri, path: place.toString() === folder.uri.toString() ? '' : path };
}

/** Folders and branches of the workspace. */
async function lookAround(): Promise<KnownValues> {
  const roots = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const found = await Promise.all(roots.map(({ uri }) => foldersBelow(uri, '', FOLDER_DEPTH)));
  const refs = workspace.isTrusted ? await Promise.all(roots.map(({ uri }) => branches(uri.fsPath))) : [];
  return { folders: found.flat().slice(0, MAX_FOLDERS), branches: [...new Set(refs.flat())] };
}

async function foldersBelow(uri: Uri, path: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const entries = await workspace.fs.readDirectory(uri).then(
    (known) => known,
    () => [],
  );
  const folders = entries.filter(([name, type]) => type === FileType.Directory && !HIDDEN.test(name));
  const below = await Promise.all(
    folders.map(async ([name]) => {
      const inner = path === '' ? name : `${path}/${name}`;
      return [inner, ...(await foldersBelow(Uri.joinPath(uri, name), inner, depth - 1))];
    }),
  );
  return below.flat();
}

const HIDDEN = /^(\..*|node_modules|__pycache__)$/;
