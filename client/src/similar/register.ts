/** Similar code: what lenses and the editor's menu ask for, a comparison side by side, and the hint that something exists. */

import { commands, type ExtensionContext, workspace } from 'vscode';

import { SHOW_SIMILAR } from '../protocol';
import type { Whence } from '../whence';
import { Asking, shown } from './asking';
import { diffWithSimilar, Pieces, SCHEME } from './diff';
import { AlreadyExistsHint } from './hint';
import { type Pin, showSimilar } from './show';

/** Take the commands about similar code; `pin` keeps a list of results in view. */
export function registerSimilar(context: ExtensionContext, whence: Whence, pin: Pin): void {
  const asking = new Asking(whence);
  const command = (name: string, act: (argument: unknown) => Promise<void>): void => {
    context.subscriptions.push(commands.registerCommand(name, (argument: unknown) => shown(() => act(argument))));
  };
  command(SHOW_SIMILAR, (argument) => showSimilar(asking, pin, argument));
  command('whence.findSimilar', () => showSimilar(asking, pin, undefined)); // a menu's argument is a file
  command('whence.diffWithSimilar', (argument) => diffWithSimilar(asking, argument));
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(SCHEME, new Pieces()),
    new AlreadyExistsHint(whence),
  );
}
