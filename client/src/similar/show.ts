/** Similar code as lenses, actions and the editor's menu ask for it: in a peek view, or in the results view. */

import { commands, l10n, Location, Position, Range, Uri, workspace } from 'vscode';

import type { Hit, SimilarAnswer, SimilarParams } from '../protocol';
import type { Results } from '../results/model';
import { toldCompleteness } from '../search/entries';
import { type Asking, questionAt, sayNothing, theEditor } from './asking';
import { nameOf, placesOf, questionOf } from './places';

const SETTING = 'whence.client.similarIn';

/** Keeps results in view. */
export type Pin = (results: Results) => void;

/** Show what a lens or an action asks for; without a question of theirs, what is like the place at the cursor. */
export async function showSimilar(asking: Asking, pin: Pin, argument: unknown): Promise<void> {
  const params = questionOf(argument) ?? questionAt(theEditor());
  const answer = await asking.ask(params);
  if (placesOf(answer).length === 0) {
    sayNothing(answer);
    return;
  }
  if (workspace.getConfiguration().get(SETTING) === 'results') await keep(pin, params, answer);
  else await peek(params, answer);
}

async function peek(params: SimilarParams, answer: SimilarAnswer): Promise<void> {
  const anchor = params.position ?? params.range?.start ?? answer.target.range.start;
  await commands.executeCommand(
    'editor.action.peekLocations',
    Uri.parse(params.textDocument.uri),
    new Position(anchor.line, anchor.character),
    placesOf(answer).map(locationOf),
    'peek',
  );
}

async function keep(pin: Pin, params: SimilarParams, answer: SimilarAnswer): Promise<void> {
  const { target, completeness } = answer;
  const path = workspace.asRelativePath(Uri.parse(target.uri), false);
  pin({
    query: l10n.t('like {0}', nameOf({ symbol: target.symbol, path })),
    question: { kind: 'similar', params, target },
    hits: placesOf(answer),
    completeness: toldCompleteness(completeness, l10n),
  });
  await commands.executeCommand('whence.results.focus');
}

/** A place as the editor knows places. */
export function locationOf({ uri, range }: Pick<Hit, 'uri' | 'range'>): Location {
  return new Location(
    Uri.parse(uri),
    new Range(range.start.line, range.start.character, range.end.line, range.end.character),
  );
}
