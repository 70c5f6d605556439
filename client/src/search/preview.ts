/** Shows places while one moves along a list, and goes back to where one was. */

import {
  type Disposable,
  OverviewRulerLane,
  Range,
  Selection,
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
}

/** Opens and shows places. Made for one list. */
export class Preview implements Disposable {
  readonly #origin: Origin;
  readonly #mark = window.createTextEditorDecorationType({
    backgroundColor: new ThemeColor('editor.rangeHighlightBackground'),
    isWholeLine: true,
    overviewRulerColor: new ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: OverviewRulerLane.Center,
  });
  #latest = 0;
  #hasShown = false;

  constructor() {
    const editor = window.activeTextEditor;
    this.#origin = { editor, selections: editor?.selections ?? [], visible: editor?.visibleRanges[0] };
  }

  /** Show a place without leaving the list; a later one overtakes an earlier one. */
  async show(hit: Hit): Promise<void> {
    const mine = ++this.#latest;
    try {
      const document = await workspace.openTextDocument(Uri.parse(hit.uri));
      if (mine !== this.#latest) return;
      this.#hasShown = true;
      const editor = await window.showTextDocument(document, { preview: true, preserveFocus: true });
      if (mine !== this.#latest) return;
      const range = rangeOf(hit);
      editor.setDecorations(this.#mark, [range]);
      editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    } catch {
      // The file is gone or cannot be shown as text; the list says where it was.
    }
  }

  /** Go back to the editor, the selection and the lines that were there before. */
  async goBack(): Promise<void> {
    this.#latest++;
    const { editor, selections, visible } = this.#origin;
    if (!this.#hasShown || editor === undefined) return;
    const options = { viewColumn: editor.viewColumn ?? ViewColumn.Active, preview: true };
    const shown = await window.showTextDocument(editor.document, options);
    shown.selections = selections;
    if (visible !== undefined) shown.revealRange(visible, TextEditorRevealType.AtTop);
  }

  dispose(): void {
    this.#latest++;
    this.#mark.dispose();
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
