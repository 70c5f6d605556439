/** The results view in the side bar. What it shows is decided in model.ts. */

import {
  CancellationError,
  commands,
  env,
  EventEmitter,
  type ExtensionContext,
  l10n,
  MarkdownString,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';

import { toldCompleteness } from '../search/entries';
import { folderName, iconOf, telling } from '../search/entries';
import { open } from '../search/preview';
import { RequestFailed, type Whence } from '../whence';
import { resultsAsMarkdown } from './markdown';
import { type Node, reasonsAsMarkdown, reasonsInWords, type Results, ResultsModel, toldResults } from './model';

const GROUPED = 'whence.results.isGrouped';
const MANY = 20;

/** Shows what was pinned. */
export class ResultsView implements TreeDataProvider<Node> {
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #model = new ResultsModel();
  readonly #view: TreeView<Node>;

  constructor(
    private readonly context: ExtensionContext,
    private readonly whence: Whence,
  ) {
    this.#model.isGrouped = context.workspaceState.get(GROUPED, true);
    this.#view = window.createTreeView('whence.results', { treeDataProvider: this, showCollapseAll: true });
    const command = (name: string, act: (node: Node | undefined) => unknown): void => {
      context.subscriptions.push(commands.registerCommand(`whence.results.${name}`, act));
    };
    command('open', (node) => this.#open(node, ViewColumn.Active));
    command('openToSide', (node) => this.#open(node, ViewColumn.Beside));
    command('dismiss', (node) => {
      this.#dismiss(node);
    });
    command('refresh', () => this.#refresh());
    command('openAll', () => this.#openAll());
    command('copy', () => this.#copy());
    command('clear', () => {
      this.pin(undefined);
    });
    command('groupByFile', () => this.#group(true));
    command('sortByRank', () => this.#group(false));
    context.subscriptions.push(this.#view, this.#changed);
    this.#told();
  }

  /** Show these results; undefined for none. */
  pin(results: Results | undefined): void {
    this.#model.show(results);
    this.#told();
  }

  getChildren(node?: Node): Node[] {
    return [...(node === undefined ? this.#model.roots : this.#model.childrenOf(node))];
  }

  getTreeItem(node: Node): TreeItem {
    return node.kind === 'file' ? fileItem(node) : hitItem(node, this.#model.isGrouped);
  }

  resolveTreeItem(item: TreeItem, node: Node): TreeItem {
    if (node.kind === 'hit') {
      const text = new MarkdownString();
      text.appendCodeblock(node.hit.snippet, node.hit.language);
      text.appendMarkdown(`\n${reasonsAsMarkdown(node.hit, l10n)}`);
      item.tooltip = text;
    }
    return item;
  }

  #told(): void {
    const { results, hits, isGrouped } = this.#model;
    // Not as the view's description: the editor hides that where a container has one view.
    this.#view.message = results === undefined ? '' : toldResults(results, hits.length, l10n);
    void commands.executeCommand('setContext', 'whence.results.has', results !== undefined);
    void commands.executeCommand('setContext', 'whence.results.isGrouped', isGrouped);
    this.#changed.fire(undefined);
  }

  async #open(node: Node | undefined, column: ViewColumn): Promise<void> {
    const chosen = node ?? this.#view.selection[0];
    const hit = chosen?.kind === 'file' ? chosen.hits[0] : chosen?.hit;
    if (hit !== undefined) await open(hit, column, { preview: true });
  }

  #dismiss(node: Node | undefined): void {
    for (const one of node === undefined ? this.#view.selection : [node]) this.#model.dismiss(one);
    this.#told();
  }

  async #refresh(): Promise<void> {
    const { results } = this.#model;
    if (results === undefined) return;
    try {
      const again = await window.withProgress({ location: { viewId: 'whence.results' } }, () => this.#ask(results));
      if (this.#model.results === results) this.pin(again); // else others were pinned meanwhile
    } catch (error) {
      if (error instanceof CancellationError) return;
      if (!(error instanceof RequestFailed)) throw error;
      void window.showErrorMessage(error.message);
    }
  }

  async #ask(results: Results): Promise<Results> {
    const { question } = results;
    switch (question.kind) {
      case 'search': {
        const { hits, completeness } = await this.whence.request('whence/search', question.params);
        return { ...results, hits, completeness: toldCompleteness(completeness, l10n) };
      }
      case 'similar': {
        const { target, copies, hits, completeness } = await this.whence.request('whence/similar', question.params);
        return {
          ...results,
          question: { ...question, target },
          hits: [...copies, ...hits],
          completeness: toldCompleteness(completeness, l10n),
        };
      }
    }
  }

  async #openAll(): Promise<void> {
    const uris = [...new Set(this.#model.hits.map(({ uri }) => uri))];
    const yes = l10n.t('Open');
    if (uris.length > MANY) {
      const question = l10n.t('Open {0} files?', uris.length);
      if ((await window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
    }
    for (const uri of uris) {
      const hit = this.#model.hits.find((one) => one.uri === uri);
      if (hit !== undefined) await open(hit, ViewColumn.Active, { preview: false });
    }
  }

  async #copy(): Promise<void> {
    const { results, hits } = this.#model;
    if (results === undefined) return;
    await env.clipboard.writeText(resultsAsMarkdown(results.query, hits));
    window.setStatusBarMessage(l10n.t('{0} results copied', hits.length), 3000);
  }

  async #group(isGrouped: boolean): Promise<void> {
    this.#model.isGrouped = isGrouped;
    await this.context.workspaceState.update(GROUPED, isGrouped);
    this.#told();
  }
}

function fileItem(node: Node & { readonly kind: 'file' }): TreeItem {
  const item = new TreeItem(Uri.parse(node.uri), TreeItemCollapsibleState.Expanded);
  item.description = where(node.path.split('/').slice(0, -1).join('/'), node.hits[0]?.folder ?? '');
  item.iconPath = ThemeIcon.File;
  item.contextValue = 'file';
  return item;
}

function hitItem(node: Node & { readonly kind: 'hit' }, isGrouped: boolean): TreeItem {
  const { hit, rank, like } = node;
  const line = hit.range.start.line + 1;
  const label = hit.symbol === '' ? telling(hit.snippet) : hit.symbol;
  const item = new TreeItem(label, TreeItemCollapsibleState.None);
  item.description = isGrouped
    ? `:${line}  ${hit.symbol === '' ? '' : telling(hit.snippet)}`
    : where(`${hit.path}:${line}`, hit.folder);
  item.iconPath = new ThemeIcon(iconOf(hit.kind));
  item.contextValue = like === undefined ? 'hit' : 'hitAlike';
  item.command = { command: 'whence.results.open', title: l10n.t('Open'), arguments: [node] };
  const spoken = l10n.t('{0}, {1}, line {2}, place {3}', label, hit.path, line, rank);
  item.accessibilityInformation = { label: `${spoken}. ${reasonsInWords(hit)}` };
  return item;
}

function where(path: string, folder: string): string {
  return (workspace.workspaceFolders?.length ?? 0) > 1 ? `${folderName(folder)}/${path}` : path;
}
