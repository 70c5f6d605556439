/** Where the extension begins: makes the parts and ties them together. Knows how none of them works. */

import { type ExtensionContext, l10n, window } from 'vscode';

import type { Connection } from './server/connection';
import { ownCommand, registerServer } from './server/register';

let connection: Connection | undefined;

/** Called by the editor once it has started. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Whence', { log: true });
  context.subscriptions.push(log);
  connection = registerServer(context, log, () => {
    const own = ownCommand();
    return own === undefined ? Promise.reject(new Error('whence.server.command is empty')) : Promise.resolve(own);
  });
}

/** Called by the editor before it ends or the extension is disabled; returns when the server is gone. */
export async function deactivate(): Promise<void> {
  await connection?.stop(l10n.t('Whence was stopped'));
}
