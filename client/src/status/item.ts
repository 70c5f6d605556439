/** The item in the status bar: seen also where no file is open. */

import {
  type Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  window,
} from 'vscode';

import type { Whence } from '../whence';
import { follow, type Pace, secondsLeft } from './estimate';
import { type StatusView, viewOf } from './view';

/** A saved file is indexed within moments; an item that blinks with every save is worth less than one that stays. */
const CALM_MS = 700;

/** Shows how the server stands; a click opens the menu. */
export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;
  readonly #listening: readonly Disposable[];
  #pace: Pace | undefined;
  #shown: StatusView | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(private readonly whence: Whence) {
    this.#item = window.createStatusBarItem('whence.status', StatusBarAlignment.Left, 0);
    this.#item.name = 'Whence';
    this.#item.command = 'whence.showStatus';
    this.#listening = [
      whence.onDidChangeState(() => {
        this.#pace = undefined;
        this.#update();
      }),
      whence.onDidChangeStatus((status) => {
        this.#pace = follow(this.#pace, status, performance.now());
        this.#update();
      }),
    ];
    this.#show();
    this.#item.show();
  }

  dispose(): void {
    clearTimeout(this.#later);
    for (const listening of this.#listening) listening.dispose();
    this.#item.dispose();
  }

  #update(): void {
    if (this.#shown?.kind === 'ready' && this.#view().kind === 'indexing') {
      this.#later ??= setTimeout(() => {
        this.#show();
      }, CALM_MS);
      return;
    }
    this.#show();
  }

  #show(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    const view = this.#view();
    this.#shown = view;
    const tooltip = new MarkdownString(view.tooltip, true);
    this.#item.text = view.text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: view.spoken, role: 'button' };
    this.#item.backgroundColor = colourOf(view.look);
  }

  #view(): StatusView {
    const { state, status } = this.whence;
    return viewOf({ state, status, secondsLeft: secondsLeft(this.#pace) }, l10n);
  }
}

function colourOf(look: StatusView['look']): ThemeColor | undefined {
  switch (look) {
    case 'normal':
      return undefined;
    case 'warning':
      return new ThemeColor('statusBarItem.warningBackground');
    case 'error':
      return new ThemeColor('statusBarItem.errorBackground');
  }
}
