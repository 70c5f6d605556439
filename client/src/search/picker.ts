/** The search's list: asks while one types, shows places while one moves along it, goes back where one was on Escape. */

import {
  CancellationError,
  CancellationTokenSource,
  commands,
  type Disposable,
  env,
  l10n,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  ViewColumn,
  window,
  workspace,
} from 'vscode';

import type { Hit } from '../protocol';
import { resultsAsMarkdown } from '../results/markdown';
import type { Results } from '../results/model';
import { RequestFailed, type Whence } from '../whence';
import { type Asked, ask, type Scope } from './asking';
import { type KnownValues, suggestionsFor } from './completion';
import {
  entriesOf,
  type Entry,
  pastEntries,
  problemEntries,
  suggestionEntries,
  toldCompleteness,
  toldState,
} from './entries';
import type { History } from './history';
import { open, Preview } from './preview';

/** Rested after a key before the server is asked. */
const REST_MS = 150;

/** Between two askings of the same question while the index grows. */
const AGAIN_MS = 1_000;

interface Line extends QuickPickItem {
  readonly entry: Entry;
}

/** What the list works with. */
export interface Surroundings {
  readonly whence: Whence;
  readonly history: History;
  readonly known: () => KnownValues;
  readonly pin: (results: Results) => void;
}

/** One list, from its opening to its end. */
export class SearchPicker implements Disposable {
  readonly #pick: QuickPick<Line> = window.createQuickPick<Line>();
  readonly #preview = new Preview();
  readonly #disposables: { dispose: () => unknown }[] = [];
  #request: CancellationTokenSource | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asked: Asked | undefined;
  #isDone = false;
  /** The lines in the list, as text. */
  #told = '';

  readonly #toSide: QuickInputButton = {
    iconPath: new ThemeIcon('split-horizontal'),
    tooltip: l10n.t('Open to the Side'),
  };
  readonly #forget: QuickInputButton = { iconPath: new ThemeIcon('close'), tooltip: l10n.t('Forget') };
  readonly #pinAll: QuickInputButton = { iconPath: new ThemeIcon('pinned'), tooltip: l10n.t('Pin to the Whence View') };
  readonly #copyAll: QuickInputButton = { iconPath: new ThemeIcon('copy'), tooltip: l10n.t('Copy as Markdown') };

  constructor(
    private readonly around: Surroundings,
    private readonly scope: Scope | undefined,
  ) {
    const pick = this.#pick;
    pick.placeholder = l10n.t('Where does … happen?');
    pick.buttons = [this.#pinAll, this.#copyAll];
    pick.matchOnDescription = false;
    pick.matchOnDetail = false;
    pick.keepScrollPosition = false;
    this.#disposables.push(
      pick,
      this.#preview,
      pick.onDidChangeValue(() => {
        this.#askSoon(REST_MS);
      }),
      pick.onDidChangeActive(([line]) => {
        if (line?.entry.kind === 'hit' && pick.value.trim() !== '') void this.#preview.show(line.entry.hit);
      }),
      pick.onDidAccept(() => void this.#accept()),
      pick.onDidTriggerItemButton(({ item, button }) => void this.#pressed(item, button)),
      pick.onDidTriggerButton((button) => void this.#pressedAll(button)),
      pick.onDidHide(() => void this.#hidden()),
      around.whence.onDidChangeState(() => {
        this.#tellHead();
        if (around.whence.state.kind === 'running') this.#askSoon(0);
      }),
      around.whence.onDidChangeStatus(() => {
        this.#askAgain();
      }),
    );
  }

  /** Open the list with a question in it. */
  show(query: string): void {
    this.#pick.value = query;
    this.#tellHead();
    this.#askSoon(0);
    this.#pick.show();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#request?.cancel();
    for (const disposable of this.#disposables.splice(0)) disposable.dispose();
  }

  #askSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#request?.cancel();
    const query = this.#pick.value;
    if (query.trim() === '') {
      this.#asked = undefined;
      this.#pick.busy = false;
      this.#list(pastEntries(this.around.history.queries, l10n));
      this.#tellHead();
      return;
    }
    this.#pick.busy = true;
    this.#timer = setTimeout(() => void this.#ask(query), delayMs);
  }

  /** The index grew: an answer that was not complete may be a better one now. */
  #askAgain(): void {
    const isWorthIt = this.#asked?.answer?.completeness.complete === false;
    if (!isWorthIt || this.#pick.busy || this.#isDone) return;
    const query = this.#pick.value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(query), AGAIN_MS);
  }

  async #ask(query: string): Promise<void> {
    const request = (this.#request = new CancellationTokenSource());
    const suggestions = suggestionEntries(suggestionsFor(query, this.around.known(), l10n));
    try {
      const asked = await ask(this.around.whence, query, this.scope, request.token);
      if (request !== this.#request || this.#isDone) return;
      this.#asked = asked;
      const hasFolders = (workspace.workspaceFolders?.length ?? 0) > 1;
      const answer = asked.answer === undefined ? [] : entriesOf(asked.answer, hasFolders, l10n);
      this.#list([...problemEntries(asked.problems), ...suggestions, ...answer]);
      this.#pick.busy = false;
      this.#tellHead();
    } catch (error) {
      if (error instanceof CancellationError || request !== this.#request || this.#isDone) return;
      if (!(error instanceof RequestFailed)) throw error;
      this.#pick.busy = false;
      this.#list([...problemEntries([error.message]), ...suggestions]);
    }
  }

  /** Put lines into the list. The same hits again leave it as it is, with the one that was moved to. */
  #list(entries: readonly Entry[]): void {
    const told = JSON.stringify(entries);
    if (told === this.#told) return;
    this.#told = told;
    this.#pick.items = entries.map((entry) => this.#line(entry));
    const first = this.#pick.items.find(({ entry }) => entry.kind === 'hit');
    if (first !== undefined) this.#pick.activeItems = [first];
  }

  /** `alwaysShow`, because the order and the choice are the server's, not the editor's own matching. */
  #line(entry: Entry): Line {
    switch (entry.kind) {
      case 'heading':
        return { entry, label: entry.label, kind: QuickPickItemKind.Separator };
      case 'hit': {
        const { label, description, detail } = entry;
        return { entry, label, description, detail, alwaysShow: true, buttons: [this.#toSide] };
      }
      case 'note':
        return { entry, label: entry.label, detail: entry.detail, alwaysShow: true };
      case 'ask':
        return { entry, label: entry.label, description: entry.description, alwaysShow: true };
      case 'past':
        return { entry, label: entry.label, alwaysShow: true, buttons: [this.#forget] };
    }
  }

  #tellHead(): void {
    const { whence } = this.around;
    const where = this.scope === undefined ? '' : ` · ${nameOf(this.scope)}`;
    const state = toldState(whence.state, whence.status?.paused ?? false, l10n);
    const answer = this.#asked?.answer;
    const missing = answer === undefined ? '' : toldCompleteness(answer.completeness, l10n);
    this.#pick.title = [`${l10n.t('Whence: Search')}${where}`, state, missing]
      .filter((part) => part !== '')
      .join(' · ');
  }

  async #accept(): Promise<void> {
    const [line] = this.#pick.selectedItems.length > 0 ? this.#pick.selectedItems : this.#pick.activeItems;
    if (line === undefined) return;
    await this.#take(line.entry);
  }

  async #take(entry: Entry): Promise<void> {
    switch (entry.kind) {
      case 'hit':
        await this.#finish(async () => {
          await open(entry.hit, ViewColumn.Active, { preview: false });
        });
        break;
      case 'ask':
      case 'past':
        this.#pick.value = entry.query;
        this.#askSoon(0);
        break;
      case 'note':
      case 'heading':
        break;
    }
  }

  async #pressed({ entry }: Line, button: QuickInputButton): Promise<void> {
    if (button === this.#toSide && entry.kind === 'hit') {
      await this.#finish(async () => {
        await this.#preview.goBack();
        await open(entry.hit, ViewColumn.Beside, { preview: false });
      });
    } else if (button === this.#forget && entry.kind === 'past') {
      await this.around.history.remove(entry.query);
      this.#askSoon(0);
    }
  }

  async #pressedAll(button: QuickInputButton): Promise<void> {
    const hits = this.#hits;
    if (hits.length === 0) return;
    const query = this.#pick.value.trim();
    if (button === this.#copyAll) {
      await env.clipboard.writeText(resultsAsMarkdown(query, hits));
      window.setStatusBarMessage(l10n.t('{0} results copied', hits.length), 3000);
    } else if (button === this.#pinAll) {
      const results = this.#results;
      if (results === undefined) return;
      await this.#finish(async () => {
        await this.#preview.goBack();
        this.around.pin(results);
        await commands.executeCommand('whence.results.focus');
      });
    }
  }

  /** What the list holds, to keep it; undefined where it holds no answer. */
  get #results(): Results | undefined {
    const { params, answer } = this.#asked ?? {};
    if (params === undefined || answer === undefined) return undefined;
    return {
      query: this.#pick.value.trim(),
      question: { kind: 'search', params },
      hits: answer.hits,
      completeness: toldCompleteness(answer.completeness, l10n),
    };
  }

  get #hits(): readonly Hit[] {
    return this.#asked?.answer?.hits ?? [];
  }

  /** Close the list because something was chosen: the question is worth remembering. */
  async #finish(act: () => Promise<void>): Promise<void> {
    this.#isDone = true;
    await this.around.history.add(this.#pick.value);
    this.#pick.hide();
    await act();
    this.dispose();
  }

  async #hidden(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#preview.goBack();
    this.dispose();
  }
}

/** Of several folders the one it is in is named too. */
function nameOf({ folder, path }: Scope): string {
  const name = workspace.getWorkspaceFolder(folder)?.name ?? folder.fsPath;
  if (path === '') return name;
  return (workspace.workspaceFolders?.length ?? 0) > 1 ? `${name}/${path}` : path;
}
