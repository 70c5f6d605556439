/** Asks the server what is like a place in an editor. */

import {
  CancellationError,
  CancellationTokenSource,
  l10n,
  ProgressLocation,
  type Range,
  type TextEditor,
  window,
} from 'vscode';

import type { SimilarAnswer, SimilarParams } from '../protocol';
import { RequestFailed, type Whence } from '../whence';
import { SHOWN_PLACES } from './places';

/** Asks one question at a time: a new one takes the place of the one before. */
export class Asking {
  #source: CancellationTokenSource | undefined;

  constructor(private readonly whence: Whence) {}

  /** Ask, with progress in the status bar: the first question may have to wait until the model is loaded. */
  async ask(params: SimilarParams): Promise<SimilarAnswer> {
    this.#source?.cancel();
    const source = new CancellationTokenSource();
    this.#source = source;
    try {
      return await window.withProgress(
        { location: ProgressLocation.Window, title: l10n.t('Whence: looking for similar code') },
        () => this.whence.request('whence/similar', params, source.token),
      );
    } finally {
      source.dispose();
      if (this.#source === source) this.#source = undefined;
    }
  }
}

/** The editor a command is about. */
export function theEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (editor === undefined) throw new RequestFailed(l10n.t('Open a file first, and put the cursor into a definition'));
  return editor;
}

/** The question about an editor's selection, or the definition at its cursor. */
export function questionAt({ document, selection }: TextEditor): SimilarParams {
  const asked = { textDocument: { uri: document.uri.toString() }, limit: SHOWN_PLACES };
  return selection.isEmpty
    ? { ...asked, position: { line: selection.active.line, character: selection.active.character } }
    : { ...asked, range: plain(selection) };
}

/** Say that there is nothing, and whether there may be later. */
export function sayNothing({ completeness }: SimilarAnswer): void {
  void window.showInformationMessage(
    completeness.indexing
      ? l10n.t('Nothing similar is indexed so far; indexing goes on')
      : completeness.complete
        ? l10n.t('Nothing similar is indexed')
        : l10n.t('Nothing similar is indexed so far'),
  );
}

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

/** The editor's own ranges are written to JSON as lists. */
function plain({ start, end }: Range): NonNullable<SimilarParams['range']> {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
