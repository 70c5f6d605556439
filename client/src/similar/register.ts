/** Similar code: what lenses and the editor's menu ask for, a comparison side by side, and the hint that something exists. */

import { commands, type ExtensionContext, workspace } from 'vscode';

import { SHOW_SIMILAR } from '../protocol';
import type { Whence } from '../whence';
import { Asking, shown } from './asking';
import { diffWithSimilar, Pieces, SCHEME } from './diff';
import { AlreadyExistsHint } from './hint';
import { findSimilar, showSimilar } from './peek';

/** Take the commands about similar code. */
export function registerSimilar(context: ExtensionContext, whence: Whence): void {
  const asking = new Asking(whence);
  const command = (name: string, act: (argument: unknown) => Promise<void>): void => {
    context.subscriptions.push(commands.registerCommand(name, (argument: unknown) => shown(() => act(argument))));
  };
  command(SHOW_SIMILAR, (argument) => showSimilar(asking, argument));
  command('whence.findSimilar', () => findSimilar(asking));
  command('whence.diffWithSimilar', () => diffWithSimilar(asking));
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(SCHEME, new Pieces()),
    new AlreadyExistsHint(whence),
  );
}
