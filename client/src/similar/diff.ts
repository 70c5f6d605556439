/** A definition side by side with a similar one: just the two pieces, as documents to read. */

import {
  commands,
  l10n,
  type Location,
  type QuickPickItem,
  Range,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';

import type { Hit, SimilarTarget } from '../protocol';
import { RequestFailed } from '../whence';
import { type Asking, questionAt, sayNothing, theEditor } from './asking';
import { nameOf, pairOf, placesOf, toldLikeness, unindented, whereOf } from './places';
import { locationOf } from './show';

/** Scheme of documents that hold a piece of another one. */
export const SCHEME = 'whence-similar';

/** Gives pieces of documents as they stand when they are opened. */
export class Pieces implements TextDocumentContentProvider {
  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const [source, ...ends] = JSON.parse(uri.query) as readonly [string, number, number, number, number];
    const document = await workspace.openTextDocument(Uri.parse(source));
    return unindented(document.getText(new Range(...ends)));
  }
}

/**
 * Show two places side by side: a line of the results view and what it is like, or the definition at the cursor and one of
 * the places like it, which is picked.
 */
export async function diffWithSimilar(asking: Asking, argument: unknown): Promise<void> {
  const pair = pairOf(argument);
  if (pair !== undefined) {
    await diff(pair.hit, pair.like);
    return;
  }
  const answer = await asking.ask(questionAt(theEditor()));
  const places = placesOf(answer);
  if (places.length === 0) {
    sayNothing(answer);
    return;
  }
  const items = places.map((hit) => itemOf(hit, answer.target.language));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Compare {0}', targetName(answer.target)),
    placeHolder: l10n.t('With which similar place?'),
    matchOnDescription: true,
  });
  if (chosen !== undefined) await diff(chosen.hit, answer.target);
}

async function diff(hit: Hit, target: SimilarTarget): Promise<void> {
  const [left, right] = await Promise.all([pieceOf(locationOf(hit)), pieceOf(locationOf(target))]);
  const title = l10n.t('{0} ↔ {1} ({2})', nameOf(hit), targetName(target), toldLikeness(hit, l10n));
  await commands.executeCommand('vscode.diff', left, right, title);
}

function targetName({ symbol, uri }: SimilarTarget): string {
  return nameOf({ symbol, path: workspace.asRelativePath(Uri.parse(uri), false) });
}

interface Item extends QuickPickItem {
  readonly hit: Hit;
}

function itemOf(hit: Hit, language: string): Item {
  const alike = toldLikeness(hit, l10n);
  return {
    hit,
    label: nameOf(hit),
    description: whereOf(hit),
    detail: hit.language === language ? alike : `${alike} · ${hit.language}`,
  };
}

/** The document that holds a place; it has the name of the place's file, which tells the editor the language. */
async function pieceOf({ uri, range }: Location): Promise<Uri> {
  try {
    await workspace.fs.stat(uri);
  } catch {
    throw new RequestFailed(l10n.t('{0} is no longer there', workspace.asRelativePath(uri)));
  }
  const { start, end } = range;
  const query = JSON.stringify([uri.toString(), start.line, start.character, end.line, end.character]);
  return uri.with({ scheme: SCHEME, query });
}
