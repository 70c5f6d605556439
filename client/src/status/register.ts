/** The status item, its menu, its commands and the issue report. */

import { arch, platform, release } from 'node:os';

import { commands, env, type ExtensionContext, l10n, version, window, workspace } from 'vscode';

import type { Whence } from '../whence';
import { clearIndex, explainFile, pause, reindex, reindexFolder, showIndex, showMenu, shown } from './commands';
import { StatusItem } from './item';
import { reportOf } from './report';

/** What is known of the server's process beside what `Whence` tells. */
export interface Process {
  /** Version of the Python it was last started with, where known. */
  readonly python: string | undefined;
  /** How it last ended unasked, in a few words. */
  readonly lastCrash: string | undefined;
}

/** Show the status and take its commands. */
export function registerStatus(context: ExtensionContext, whence: Whence & Process): void {
  const command = (name: string, act: (argument: unknown) => Promise<void>): void => {
    context.subscriptions.push(
      commands.registerCommand(`whence.${name}`, (argument: unknown) => shown(() => act(argument))),
    );
  };
  command('showStatus', () => showMenu(whence));
  command('pause', () => pause(whence, true));
  command('resume', () => pause(whence, false));
  command('reindex', () => reindex(whence));
  command('reindexFolder', () => reindexFolder(whence));
  command('clearIndex', () => clearIndex(whence));
  command('showIndex', (uri) => showIndex(whence, uri));
  command('explainFile', (resource) => explainFile(whence, resource));
  command('reportIssue', () => reportIssue(context, whence));
  command('openSettings', async () => {
    await commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`);
  });
  context.subscriptions.push(
    new StatusItem(whence),
    whence.onDidChangeStatus(({ paused }) => {
      void commands.executeCommand('setContext', 'whence.paused', paused);
    }),
  );
}

/** Write a report for the person to read and to send; it goes nowhere by itself. */
async function reportIssue(context: ExtensionContext, whence: Whence & Process): Promise<void> {
  const manifest = context.extension.packageJSON as Manifest;
  const settings = workspace.getConfiguration();
  const report = reportOf({
    extension: manifest.version,
    editor: `${env.appName} ${version}`,
    remote: env.remoteName,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    python: whence.python,
    hasOwnCommand: settings.get<readonly string[]>('whence.server.command', []).length > 0,
    state: whence.state,
    status: whence.status,
    changedSettings: Object.keys(manifest.contributes.configuration.properties).filter((name) => {
      const { globalValue, workspaceValue, workspaceFolderValue } = settings.inspect(name) ?? {};
      return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
    }),
    lastCrash: whence.lastCrash,
  });
  await env.clipboard.writeText(report);
  const document = await workspace.openTextDocument({ language: 'markdown', content: report });
  await window.showTextDocument(document);
  void window.showInformationMessage(
    l10n.t('The report is here and in the clipboard; nothing was sent. Read it before you pass it on.'),
  );
}

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}
