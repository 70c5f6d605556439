/**
 * The hint that a function being written exists already: a quiet mark at its name once typing rests. It goes with the next
 * change of the document, and comes again if it still holds.
 */

import {
  CancellationError,
  CancellationTokenSource,
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Disposable,
  l10n,
  languages,
  Range,
  type TextDocument,
  window,
  workspace,
} from 'vscode';

import type { SimilarAnswer } from '../protocol';
import { RequestFailed, type Whence } from '../whence';
import { lineAsked, type Twin, twinOf } from './alreadyExists';
import { isCopy, nameOf, toldLikeness, whereOf } from './places';
import { locationOf } from './show';

const SETTING = 'whence.client.alreadyExists';

/** Typing rests when nothing was typed for so long. */
const REST_MS = 1_500;

/** Enough to have one that is not the function itself. */
const PLACES = 3;

/** The document that is being typed into. */
interface Typing {
  readonly document: TextDocument;
  /** Its text before the first change since it was saved: an editor that saves by itself may do so before typing rests. */
  readonly saved: Promise<string>;
  timer: NodeJS.Timeout | undefined;
  source: CancellationTokenSource | undefined;
}

/** Gives the hint, while the setting is on. */
export class AlreadyExistsHint implements Disposable {
  readonly #marks = languages.createDiagnosticCollection('whence');
  readonly #listeners: readonly Disposable[];
  #typing: Typing | undefined;

  constructor(private readonly whence: Whence) {
    this.#listeners = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // Some editors tell of the first change before they call the document dirty, and then of that without a change.
        const becameDirty = document.isDirty && this.#typing?.document !== document;
        if (contentChanges.length > 0 || becameDirty) this.#changed(document);
      }),
      workspace.onDidSaveTextDocument((document) => {
        // What was not yet looked at is, with the text before it.
        if (this.#typing?.document === document && this.#typing.timer === undefined) this.#forget();
      }),
      workspace.onDidCloseTextDocument((document) => {
        this.#marks.delete(document.uri);
        if (this.#typing?.document === document) this.#forget();
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration(SETTING) || isOn()) return;
        this.#marks.clear();
        this.#forget();
      }),
    ];
  }

  dispose(): void {
    this.#forget();
    for (const listener of this.#listeners) listener.dispose();
    this.#marks.dispose();
  }

  #changed(document: TextDocument): void {
    if (document.uri.scheme !== 'file' || !isOn()) return;
    this.#marks.delete(document.uri);
    // Another program's change, or the last one taken back.
    if (!document.isDirty) {
      if (this.#typing?.document === document) this.#forget();
      return;
    }
    if (this.#typing?.document !== document) {
      this.#forget();
      this.#typing = { document, saved: savedText(document), timer: undefined, source: undefined };
    }
    const typing = this.#typing;
    still(typing);
    typing.timer = setTimeout(() => void this.#look(typing), REST_MS);
  }

  /** What cannot be told is not told: nobody asked. */
  async #look(typing: Typing): Promise<void> {
    const { document } = typing;
    const { version } = document;
    try {
      const answer = await this.#ask(typing);
      const twin = answer && twinOf(answer, linesOf(document), await typing.saved);
      if (twin !== undefined && document.version === version && !document.isClosed && isOn()) {
        this.#marks.set(document.uri, [markOf(twin)]);
      }
    } catch (error) {
      if (!(error instanceof RequestFailed || error instanceof CancellationError)) throw error;
    } finally {
      if (document.version === version) {
        typing.timer = undefined;
        if (!document.isDirty && this.#typing === typing) this.#forget();
      }
    }
  }

  async #ask(typing: Typing): Promise<SimilarAnswer | undefined> {
    const { document } = typing;
    const editor = window.activeTextEditor;
    if (editor?.document !== document || this.whence.state.kind !== 'running') return undefined;
    const line = lineAsked(linesOf(document), editor.selection.active.line);
    if (line === undefined) return undefined;
    const source = new CancellationTokenSource();
    typing.source = source;
    try {
      const character = document.lineAt(line).firstNonWhitespaceCharacterIndex;
      return await this.whence.request(
        'whence/similar',
        { textDocument: { uri: document.uri.toString() }, position: { line, character }, limit: PLACES },
        source.token,
      );
    } finally {
      source.dispose();
    }
  }

  #forget(): void {
    if (this.#typing !== undefined) still(this.#typing);
    this.#typing = undefined;
  }
}

function isOn(): boolean {
  return workspace.getConfiguration().get(SETTING, false);
}

function still(typing: Typing): void {
  clearTimeout(typing.timer);
  typing.timer = undefined;
  typing.source?.cancel();
}

/** What lies on the disk. Names are looked for in it, for which it need not be decoded as the editor does it. */
async function savedText({ uri }: TextDocument): Promise<string> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return ''; // it was removed, and all of it is new
  }
}

function linesOf(document: TextDocument): readonly string[] {
  return document.getText().split(/\r\n|\r|\n/);
}

function markOf({ line, start, end, hit }: Twin): Diagnostic {
  const message = isCopy(hit)
    ? l10n.t('This already exists: {0} in {1} has the same text', nameOf(hit), whereOf(hit))
    : l10n.t('This nearly exists already: {0} in {1}, {2}', nameOf(hit), whereOf(hit), toldLikeness(hit, l10n));
  const mark = new Diagnostic(new Range(line, start, line, end), message, DiagnosticSeverity.Information);
  mark.source = 'Whence';
  mark.relatedInformation = [new DiagnosticRelatedInformation(locationOf(hit), `${nameOf(hit)} · ${whereOf(hit)}`)];
  return mark;
}
