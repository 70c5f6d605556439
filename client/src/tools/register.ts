/**
 * The tools for language models: an agent in the editor asks with them what a person asks with the search. The model is the
 * agent's own; what it is told is on its way to the agent, hence the confirmation.
 */

import {
  type CancellationToken,
  type ExtensionContext,
  FileType,
  l10n,
  LanguageModelTextPart,
  type LanguageModelTool,
  type LanguageModelToolInvocationOptions,
  LanguageModelToolResult,
  lm,
  MarkdownString,
  type PreparedToolInvocation,
  Uri,
  workspace,
  type WorkspaceFolder,
} from 'vscode';

import type { Whence } from '../whence';
import { searchAnswer, similarAnswer, type Writing } from './answer';
import { InputRefused, searchInput, similarInput } from './input';
import { placesMeant } from './places';

/** Without a budget of the agent's own. A token is some three to four characters of code. */
const MAX_CHARS = 24_000;
const CHARS_PER_TOKEN = 3;
const MIN_CHARS = 1_000;
/** Beyond every line's end, which then counts. */
const LINE_END = 1_000_000;

/** Offer the tools, where the editor knows such things. */
export function registerTools(context: ExtensionContext, whence: Whence): void {
  // Editors made from VS Code leave this out, whatever the version they name.
  if (typeof (lm as Partial<typeof lm> | undefined)?.registerTool !== 'function') return;
  context.subscriptions.push(
    lm.registerTool('whence_search', new SearchTool(whence)),
    lm.registerTool('whence_similar', new SimilarTool(whence)),
  );
}

class SearchTool implements LanguageModelTool<unknown> {
  constructor(private readonly whence: Whence) {}

  prepareInvocation({ input }: { readonly input: unknown }): PreparedToolInvocation | undefined {
    const asked = tried(() => {
      const { params, folder } = searchInput(input);
      return { params, where: folder === undefined ? folderNames() : folderNamed(folder).name };
    });
    if (asked === undefined) return undefined; // the call itself says what does not fit
    return {
      invocationMessage: l10n.t('Searching {0} with Whence', asked.where),
      confirmationMessages: {
        title: l10n.t('Search the code with Whence'),
        message: new MarkdownString(
          l10n.t(
            'Whence looks in its index of {0} on this machine for "{1}" and gives this chat up to {2} places: paths, names and a few lines of code each. Whence itself sends nothing anywhere; what the chat does with the answer is up to its language model.',
            asCode(asked.where),
            asCode(asked.params.query),
            asked.params.limit ?? 0,
          ),
        ),
      },
    };
  }

  async invoke(
    options: LanguageModelToolInvocationOptions<unknown>,
    token: CancellationToken,
  ): Promise<LanguageModelToolResult> {
    const { params, folder } = searchInput(options.input);
    const folders = folder === undefined ? [] : [folderNamed(folder).uri.toString()];
    const answer = await this.whence.request('whence/search', { ...params, folders }, token);
    return asResult(searchAnswer(params.query, answer, writingFor(options)));
  }
}

class SimilarTool implements LanguageModelTool<unknown> {
  constructor(private readonly whence: Whence) {}

  prepareInvocation({ input }: { readonly input: unknown }): PreparedToolInvocation | undefined {
    const asked = tried(() => similarInput(input));
    if (asked === undefined) return undefined;
    const place = `${asked.path}:${asked.line}`;
    return {
      invocationMessage: l10n.t('Looking with Whence for code like {0}', place),
      confirmationMessages: {
        title: l10n.t('Find similar code with Whence'),
        message: new MarkdownString(
          l10n.t(
            'Whence reads {0}, looks in its index of {1} on this machine for code like it and gives this chat up to {2} places: paths, names and a few lines of code each. Whence itself sends nothing anywhere; what the chat does with the answer is up to its language model.',
            asCode(place),
            asCode(folderNames()),
            asked.limit,
          ),
        ),
      },
    };
  }

  async invoke(
    options: LanguageModelToolInvocationOptions<unknown>,
    token: CancellationToken,
  ): Promise<LanguageModelToolResult> {
    const { path, line, endLine, limit } = similarInput(options.input);
    const textDocument = { uri: (await fileMeant(path)).toString() };
    const start = { line: line - 1, character: 0 };
    const place =
      endLine === undefined
        ? { position: start }
        : { range: { start, end: { line: endLine - 1, character: LINE_END } } };
    const answer = await this.whence.request('whence/similar', { textDocument, ...place, limit }, token);
    return asResult(similarAnswer(answer, writingFor(options)));
  }
}

/** Folders on a disk; others have no index. */
function openFolders(): readonly WorkspaceFolder[] {
  return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function folderNames(): string {
  return openFolders()
    .map(({ name }) => name)
    .join(', ');
}

function folderNamed(name: string): WorkspaceFolder {
  const folders = openFolders();
  const folder =
    folders.find((one) => one.name === name || one.uri.fsPath === name) ??
    folders.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (folder === undefined) {
    throw new InputRefused(`folder: no open folder is called ${JSON.stringify(name)}; open are ${folderNames()}`);
  }
  return folder;
}

async function fileMeant(path: string): Promise<Uri> {
  const given = path.startsWith('file:') ? Uri.parse(path).fsPath : path;
  const folders = openFolders();
  const open = folders.map(({ name, uri }) => ({ name, path: uri.fsPath }));
  for (const place of placesMeant(given, open)) {
    const folder = folders[place.folderIdx];
    if (folder === undefined) continue;
    const uri = Uri.joinPath(folder.uri, place.path);
    if (await isFile(uri)) return uri;
  }
  throw new InputRefused(`path: no file ${JSON.stringify(path)} in the open folders (${folderNames()})`);
}

async function isFile(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.File) !== 0;
  } catch {
    return false; // it is not there
  }
}

function writingFor({ tokenizationOptions }: LanguageModelToolInvocationOptions<unknown>): Writing {
  const budget = (tokenizationOptions?.tokenBudget ?? Number.POSITIVE_INFINITY) * CHARS_PER_TOKEN;
  return {
    folders: openFolders().map(({ name, uri }) => ({ name, path: uri.fsPath, uri: uri.toString() })),
    maxChars: Math.max(MIN_CHARS, Math.min(MAX_CHARS, budget)),
  };
}

function asResult(text: string): LanguageModelToolResult {
  return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
}

function tried<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof InputRefused) return undefined;
    throw error;
  }
}

/** As Markdown that shows the text as it is. */
function asCode(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const ticks = '`'.repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const blank = /^`|`$/.test(line) ? ' ' : '';
  return `${ticks}${blank}${line}${blank}${ticks}`;
}
