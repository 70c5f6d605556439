/** Where the extension begins: makes the parts and ties them together. Knows how none of them works. */

import { type ExtensionContext, l10n, window } from 'vscode';

import { SetUp } from './environment/register';
import type { Connection } from './server/connection';
import { registerServer } from './server/register';
import type { Results } from './results/model';
import { ResultsView } from './results/view';
import { registerSearch } from './search/register';
import { registerSimilar } from './similar/register';
import { registerStatus } from './status/register';
import { registerTools } from './tools/register';

let connection: Connection | undefined;

/** Called by the editor once it has started. */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Whence', { log: true });
  context.subscriptions.push(log);
  const setUp = new SetUp(context, log);
  connection = registerServer(context, log, setUp.source);
  setUp.follow(connection);
  registerStatus(context, connection);
  const results = new ResultsView(context, connection);
  const pin = (pinned: Results): void => {
    results.pin(pinned);
  };
  registerSearch(context, connection, pin);
  registerSimilar(context, connection, pin);
  registerTools(context, connection);
}

/** Called by the editor before it ends or the extension is disabled; returns when the server is gone. */
export async function deactivate(): Promise<void> {
  await connection?.stop(l10n.t('Whence was stopped'));
}
