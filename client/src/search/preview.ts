/** Shows places while one moves along a list, and goes back to where one was. */

import {
  type Disposable,
  OverviewRulerLane,
  Range,
  Selection,
  TabInputText,
  type TextEditor,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';

import type { Hit } from '../protocol';

/** Where a person was before a list was opened. */
interface Origin {
  readonly editor: TextEditor | undefined;
  readonly selections: readonly Selection[];
  readonly visible: Range | undefined;
  /** Documents with tabs in the group that was active. */
  readonly open: ReadonlySet<string>;
  /** The one of them whose tab gives way to the next that is looked at. */
  readonly provisional: Uri | undefined;
}

/** Opens and shows places. Made for one list. */
export class Preview implements Disposable {
  readonly #origin = origin();
  readonly #mark = window.createTextEditorDecorationType({
    backgroundColor: new ThemeColor('editor.rangeHighlightBackground'),
    isWholeLine: true,
    overviewRulerColor: new ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: OverviewRulerLane.Center,
  });
  #latest = 0;
  #hasShown = false;
  #showing: Promise<void> = Promise.resolve();

  /** Show a place without leaving the list; a later one overtakes an earlier one. */
  async show(hit: Hit): Promise<void> {
    const mine = ++this.#latest;
    await this.#showing;
    if (mine !== this.#latest) return;
    this.#showing = this.#show(hit, () => mine === this.#latest);
    await this.#showing;
  }

  /** Go back to the editor, the selection and the lines that were there before; the tab places were shown in goes. */
  async goBack(): Promise<void> {
    this.#latest++;
    await this.#showing; // else it would come to the front after all
    if (!this.#hasShown) return;
    const { editor, selections, visible, provisional } = this.#origin;
    if (provisional !== undefined) await shownAgain(provisional);
    else await this.#closeTab();
    if (editor === undefined) return;
    const options = { viewColumn: editor.viewColumn ?? ViewColumn.Active, preview: true };
    const back = await window.showTextDocument(editor.document, options);
    back.selections = selections;
    if (visible !== undefined) back.revealRange(visible, TextEditorRevealType.AtTop);
  }

  async #show(hit: Hit, isWanted: () => boolean): Promise<void> {
    try {
      const document = await workspace.openTextDocument(Uri.parse(hit.uri));
      if (!isWanted()) return;
      this.#hasShown = true;
      const editor = await window.showTextDocument(document, { preview: true, preserveFocus: true });
      const range = rangeOf(hit);
      editor.setDecorations(this.#mark, [range]);
      editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    } catch {
      // The file is gone or cannot be shown as text; the list says where it was.
    }
  }

  async #closeTab(): Promise<void> {
    const { open } = this.#origin;
    const tab = window.tabGroups.activeTabGroup.tabs.find(
      ({ input, isPreview }) => isPreview && input instanceof TabInputText && !open.has(input.uri.toString()),
    );
    if (tab !== undefined) await window.tabGroups.close(tab, true);
  }

  dispose(): void {
    this.#latest++;
    this.#mark.dispose();
  }
}

function origin(): Origin {
  const editor = window.activeTextEditor;
  const texts = window.tabGroups.activeTabGroup.tabs.flatMap(({ input, isPreview }) =>
    input instanceof TabInputText ? [{ uri: input.uri, isPreview }] : [],
  );
  return {
    editor,
    selections: editor?.selections ?? [],
    visible: editor?.visibleRanges[0],
    open: new Set(texts.map(({ uri }) => uri.toString())),
    provisional: texts.find(({ isPreview }) => isPreview)?.uri,
  };
}

/** Take the tab that places were shown in back. */
async function shownAgain(uri: Uri): Promise<void> {
  try {
    await window.showTextDocument(uri, { preview: true, preserveFocus: true });
  } catch {
    // It is gone since, or no text.
  }
}

/** Open a place for good. */
export async function open(hit: Hit, viewColumn: ViewColumn, options: { readonly preview: boolean }): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(hit.uri));
  const start = rangeOf(hit).start;
  const editor = await window.showTextDocument(document, {
    viewColumn,
    preview: options.preview,
    selection: new Selection(start, start),
  });
  editor.revealRange(rangeOf(hit), TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Where a hit is, as the editor says it. */
export function rangeOf({ range }: Hit): Range {
  return new Range(range.start.line, range.start.character, range.end.line, range.end.character);
}
