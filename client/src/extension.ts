/** Where the extension begins: makes the parts and ties them together. Knows how none of them works. */

import { type ExtensionContext, window, workspace } from 'vscode';

import { Connection } from './server/connection';

let connection: Connection | undefined;

/** Called by the editor once it has started. */
export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('Whence', { log: true });
  connection = new Connection(log);
  context.subscriptions.push(log, connection);
  const [command, ...args] = workspace.getConfiguration('whence').get<string[]>('server.command', []);
  if (command !== undefined) await connection.start({ command, args, env: {} });
}

/** Called by the editor before it ends or the extension is disabled; returns when the server is gone. */
export async function deactivate(): Promise<void> {
  await connection?.stop();
}
