/** Ties the server's life to the window: folders, settings, commands, and the message when it cannot be kept alive. */

import { commands, type ExtensionContext, l10n, type LogOutputChannel, window, workspace } from 'vscode';

import { Connection, type Launch, type LaunchSource } from './connection';

/** The command a person named in `whence.server.command`; undefined where there is none. */
export function ownCommand(): Launch | undefined {
  const [command, ...args] = workspace.getConfiguration('whence').get<string[]>('server.command', []);
  return command === undefined ? undefined : { command, args, env: {} };
}

/**
 * Make the connection and start the server, in the background, as soon as a folder is open.
 *
 * Adds the commands `whence.restart` and `whence.showLog` and the context key `whence.running`.
 */
export function registerServer(context: ExtensionContext, log: LogOutputChannel, source: LaunchSource): Connection {
  const connection = new Connection(log, source);
  const begin = async (): Promise<void> => {
    if (hasFolder()) await connection.start();
    else await connection.stop(l10n.t('Open a folder first; Whence searches in open folders'));
  };
  let hadFolder = hasFolder();
  context.subscriptions.push(
    connection,
    connection.onDidChangeState(({ kind }) => {
      void commands.executeCommand('setContext', 'whence.running', kind === 'running');
    }),
    connection.onDidGiveUp((reason) => {
      void offerHelp(reason);
    }),
    commands.registerCommand('whence.restart', begin),
    commands.registerCommand('whence.showLog', () => {
      log.show();
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('whence.server')) void begin();
    }),
    workspace.onDidChangeWorkspaceFolders(() => {
      if (hasFolder() === hadFolder) return; // the server hears of the others by itself
      hadFolder = hasFolder();
      void begin();
    }),
  );
  void begin();
  return connection;
}

/** Say once that the server stays down, and what can be done. */
async function offerHelp(reason: string): Promise<void> {
  const restart = l10n.t('Restart');
  const openLog = l10n.t('Open Log');
  const report = l10n.t('Report Issue');
  const chosen = await window.showErrorMessage(l10n.t('Whence does not run. {0}', reason), restart, openLog, report);
  const command = { [restart]: 'whence.restart', [openLog]: 'whence.showLog', [report]: 'whence.reportIssue' };
  if (chosen !== undefined && command[chosen] !== undefined) await commands.executeCommand(command[chosen]);
}

function hasFolder(): boolean {
  return (workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === 'file');
}
