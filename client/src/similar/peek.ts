/** Similar code in a peek view, from lenses, actions and the editor's menu. */

import { commands, Location, Position, Range, Uri } from 'vscode';

import type { Hit, SimilarParams } from '../protocol';
import { type Asking, questionAt, sayNothing, theEditor } from './asking';
import { placesOf, questionOf } from './places';

/** Show what a lens or an action asks for; without a question of theirs, what is like the place at the cursor. */
export async function showSimilar(asking: Asking, argument: unknown): Promise<void> {
  await peek(asking, questionOf(argument) ?? questionAt(theEditor()));
}

/** Show what is like the selection, or the definition at the cursor. */
export async function findSimilar(asking: Asking): Promise<void> {
  await peek(asking, questionAt(theEditor()));
}

async function peek(asking: Asking, params: SimilarParams): Promise<void> {
  const answer = await asking.ask(params);
  const places = placesOf(answer);
  if (places.length === 0) {
    sayNothing(answer);
    return;
  }
  const anchor = params.position ?? params.range?.start ?? answer.target.range.start;
  await commands.executeCommand(
    'editor.action.peekLocations',
    Uri.parse(params.textDocument.uri),
    new Position(anchor.line, anchor.character),
    places.map(locationOf),
    'peek',
  );
}

/** A place as the editor knows places. */
export function locationOf({ uri, range }: Pick<Hit, 'uri' | 'range'>): Location {
  return new Location(
    Uri.parse(uri),
    new Range(range.start.line, range.start.character, range.end.line, range.end.character),
  );
}
