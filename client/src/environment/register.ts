/** Ties the set-up to the server's connection, and where it fails says so and offers what may help. */

import {
  CancellationError,
  commands,
  ConfigurationTarget,
  type ExtensionContext,
  l10n,
  type LogOutputChannel,
  ProgressLocation,
  window,
  workspace,
} from 'vscode';

import type { LaunchSource } from '../server/connection';
import { RequestFailed } from '../whence';
import { type Problem, SetUpFailed } from './problem';
import { choosablePythons, ensureServer, type SetUpUi } from './setUp';
import { problemText } from './words';

/** The server, as far as bringing it up goes. */
export interface Startable {
  /** End the server there is and start one, by what the LaunchSource gives. */
  start(): Promise<void>;
}

/** The command that makes the environment anew. */
export const SET_UP_AGAIN = 'whence.setUpAgain';

/** Gives the connection what it starts. */
export class SetUp {
  #server: Startable | undefined;
  #isFreshWanted = false;

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {}

  /** To be called before every start. */
  readonly source: LaunchSource = async (told, signal) => {
    const isFresh = this.#isFreshWanted;
    this.#isFreshWanted = false;
    try {
      return await ensureServer(this.context, this.log, uiOf(told), signal, isFresh);
    } catch (error) {
      const text = textOf(error);
      // Nobody asked for help with what a newer start put an end to.
      if (!signal.aborted) void this.#tell(text, error);
      throw new RequestFailed(text, { cause: error });
    }
  };

  /** Know whom to start when a person asks for it, and say where that is in vain. */
  follow(server: Startable): void {
    this.#server = server;
    this.context.subscriptions.push(
      commands.registerCommand(SET_UP_AGAIN, async () => {
        this.#isFreshWanted = true;
        await server.start();
      }),
    );
    const scheme = virtualScheme();
    if (scheme !== undefined) void window.showWarningMessage(problemText({ kind: 'virtual', scheme }));
  }

  async #tell(text: string, error: unknown): Promise<void> {
    const problem = error instanceof SetUpFailed ? error.problem : undefined;
    const buttons: readonly Button[] = ['again', 'log', ...furtherButtons(problem)];
    const items = buttons.map((button) => ({ title: titleOf(button), button }));
    const show = error instanceof CancellationError ? window.showWarningMessage : window.showErrorMessage;
    const picked = await show(text, ...items);
    if (picked !== undefined) await this.#follow(picked.button);
  }

  async #follow(button: Button): Promise<void> {
    switch (button) {
      case 'again':
        return this.#server?.start();
      case 'log':
        this.log.show();
        return;
      case 'choose':
        return this.#choosePython();
      case 'settings':
        await commands.executeCommand('workbench.action.openSettings', 'whence.server');
    }
  }

  /** A change of the setting is followed by a start. */
  async #choosePython(): Promise<void> {
    const search = new AbortController();
    const browse = { label: l10n.t('Browse…'), description: '', path: '' };
    const pythons = choosablePythons(this.context, this.log, search.signal).catch(() => []);
    const items = pythons.then((found) => [
      ...found.map((one) => ({ label: `Python ${one.version}`, description: one.path, path: one.path })),
      browse,
    ]);
    const picked = await window.showQuickPick(items, {
      title: l10n.t('The Python that Whence makes its own environment with'),
      matchOnDescription: true,
    });
    search.abort();
    const path = picked?.path === '' ? await browseForPython() : picked?.path;
    if (path === undefined) return;
    const settings = workspace.getConfiguration('whence.server');
    if (settings.get('python') === path) await this.#server?.start();
    else await settings.update('python', path, ConfigurationTarget.Global);
  }
}

/** The scheme of the first folder where none of those that are open lies on a disk. */
function virtualScheme(): string | undefined {
  const schemes = (workspace.workspaceFolders ?? []).map((folder) => folder.uri.scheme);
  return schemes.includes('file') ? undefined : schemes[0];
}

type Button = 'again' | 'log' | 'choose' | 'settings';

function titleOf(button: Button): string {
  switch (button) {
    case 'again':
      return l10n.t('Try Again');
    case 'log':
      return l10n.t('Open Log');
    case 'choose':
      return l10n.t('Choose Python…');
    case 'settings':
      return l10n.t('Open Settings');
  }
}

function furtherButtons(problem: Problem | undefined): readonly Button[] {
  switch (problem?.kind) {
    case 'noPython':
    case 'chosenPython':
    case 'step':
      return ['choose'];
    case 'ownCommand':
      return ['settings'];
    case 'machine':
    case 'folder':
    case 'virtual':
    case undefined:
      return [];
  }
}

function uiOf(told: (step: string) => void): SetUpUi {
  return {
    withProgress: (work) =>
      Promise.resolve(
        window.withProgress(
          { location: ProgressLocation.Notification, title: l10n.t('Setting up Whence'), cancellable: true },
          (progress, token) =>
            work((message, increment) => {
              told(message);
              progress.report(increment === undefined ? { message } : { message, increment });
            }, token),
        ),
      ),
  };
}

async function browseForPython(): Promise<string | undefined> {
  const picked = await window.showOpenDialog({ title: l10n.t('Choose a Python interpreter'), canSelectMany: false });
  return picked?.[0]?.fsPath;
}

function textOf(error: unknown): string {
  if (error instanceof SetUpFailed) return problemText(error.problem);
  if (error instanceof CancellationError) return l10n.t('The set-up was cancelled; Whence does not run.');
  return error instanceof Error ? error.message : String(error);
}
