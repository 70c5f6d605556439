/** From what was typed to an answer: filters, changed files, one request at a time. */

import { type CancellationToken, l10n, type Uri, workspace } from 'vscode';

import type { SearchAnswer, SearchParams } from '../protocol';
import type { Whence } from '../whence';
import { changedPatterns, ChangesUnknown } from './changed';
import { parseQuery, patternOf, within } from './query';

/** What is asked, or why it cannot be. */
export interface Asked {
  readonly params: SearchParams | undefined;
  readonly answer: SearchAnswer | undefined;
  readonly problems: readonly string[];
}

/** Where a search looks. */
export interface Scope {
  /** A folder of the workspace, and a path in it; '' for all of it. Undefined for everywhere. */
  readonly folder: Uri;
  readonly path: string;
}

/**
 * Ask the server.
 *
 * @throws CancellationError, RequestFailed as `Whence.request`.
 */
export async function ask(
  whence: Whence,
  query: string,
  scope: Scope | undefined,
  token: CancellationToken,
): Promise<Asked> {
  const parsed = parseQuery(query, l10n);
  const problems = [...parsed.problems];
  const nothing: Asked = { params: undefined, answer: undefined, problems };
  if (parsed.text === '') return nothing;
  const below = scope?.path ?? '';
  const taken = parsed.paths.filter((path) => !path.startsWith('!')).map((path) => within(below, path));
  const takenOut = parsed.paths.filter((path) => path.startsWith('!')).map((path) => within(below, path));
  let paths = taken.length === 0 && below !== '' ? [`${patternOf(below)}/**`] : taken;
  let folders = scope === undefined ? [] : [scope.folder];
  if (parsed.changed !== undefined) {
    if (!workspace.isTrusted) {
      problems.push(
        l10n.t('changed: runs git, whose configuration in a folder can start programs; trust the folder first'),
      );
      return nothing;
    }
    const looked = scope === undefined ? (workspace.workspaceFolders ?? []).map(({ uri }) => uri) : [scope.folder];
    const changed: string[] = [];
    folders = [];
    for (const folder of looked.filter(({ scheme }) => scheme === 'file')) {
      try {
        const found = await changedPatterns(folder.fsPath, parsed.changed, paths, signalOf(token), l10n);
        changed.push(...found);
        if (found.length > 0) folders.push(folder);
      } catch (error) {
        if (!(error instanceof ChangesUnknown)) throw error;
        problems.push(error.message);
      }
    }
    if (changed.length === 0) {
      if (problems.length === 0) problems.push(l10n.t('No file differs from {0}', parsed.changed));
      return nothing;
    }
    paths = changed;
  }
  const params: SearchParams = {
    query: parsed.text,
    languages: parsed.languages,
    kinds: parsed.kinds,
    paths: [...paths, ...takenOut],
    folders: folders.map(String),
  };
  return { params, answer: await whence.request('whence/search', params, token), problems };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}
