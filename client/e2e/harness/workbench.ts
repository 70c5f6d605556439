/**
 * A code-server of its own: own user data, own extensions folder with what is under test alone, own WHENCE_HOME, an extension
 * gallery that cannot be reached, and a browser. Everything lies in one temporary folder, and everything ends with `stop`.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type Browser, chromium } from 'playwright-core';

import { kill, type Process, processesWith, until } from './processes';
import { Window } from './window';

/** Names of settings with their values. */
export type Settings = Readonly<Record<string, unknown>>;

/** How the language server comes into being. */
export type ServerOrigin =
  /** The extension's own, in the environment that the first workbench of the run has made. */
  | 'packaged'
  /** The extension's own, in an environment that is still to be made. */
  | 'setUp';

/** In CSS pixels, and device pixels for each of them. */
export interface WindowSize {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Paths with their texts. */
export type Files = Readonly<Record<string, string>>;

const CALM: Settings = {
  'workbench.startupEditor': 'none',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  'chat.commandCenter.enabled': false,
  'editor.hover.delay': 100,
  'editor.accessibilitySupport': 'off',
  'editor.inlayHints.enabled': 'off',
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
};

const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

export const REPOSITORY = process.env['WHENCE_REPOSITORY'] ?? process.cwd();
const BUILD = join(REPOSITORY, 'build');
/** A command that `whence.server.command` may name: the server of this checkout. */
export const CHECKOUT_SERVER: readonly string[] = [join(REPOSITORY, '.venv', 'bin', 'whence'), 'serve'];
export const KEPT = join(BUILD, 'e2e');

/** Where the workbenches of one run share what the extension has set up; the run's folder for temporary files is its own. */
const SHARED_ENVIRONMENTS = join(tmpdir(), 'environments');

const SET_UP_MS = 240_000; // what the package index sends, on a slow line

/** One running code-server. */
export class Workbench {
  readonly root = mkdtempSync(join(tmpdir(), 'whence-e2e-'));
  readonly whenceHome = join(this.root, 'whence');
  readonly #data = join(this.root, 'data');
  readonly #extensions = join(this.root, 'extensions');
  readonly #log = join(this.root, 'code-server.log');
  readonly #onExit = (): void => {
    this.#end();
  };
  #child: ChildProcess | undefined;
  #browser: Browser | undefined;
  #url = '';
  #nWorkspaces = 0;

  /** Install what is under test, start the server and a browser. */
  static async start(origin: ServerOrigin, env: Readonly<Record<string, string>> = {}): Promise<Workbench> {
    const bench = new Workbench();
    process.once('exit', bench.#onExit);
    bench.settings();
    writeFileSync(join(bench.root, 'config.yaml'), 'auth: none\n');
    for (const vsix of (process.env['WHENCE_VSIX'] ?? '').split(':')) bench.#run('--install-extension', vsix);
    await bench.#serve(env);
    bench.#browser = await chromium.launch({
      executablePath: process.env['WHENCE_CHROMIUM'] ?? '/usr/bin/chromium',
      args: BROWSER_ARGUMENTS,
    });
    if (origin === 'packaged') await bench.#share();
    return bench;
  }

  /** Where the extension keeps its own things. */
  get globalStorage(): string {
    return join(this.#data, 'User', 'globalStorage', 'whence.whence');
  }

  /** Replace the user's settings, for windows that are opened later. */
  settings(changed: Settings = {}): void {
    // Settings of machine scope are read from the machine's file when the workbench runs elsewhere, as in a browser it does.
    writeTree(this.#data, {
      'User/settings.json': JSON.stringify({ ...CALM, ...changed }, undefined, 2),
      'Machine/settings.json': JSON.stringify(pick(changed, /^whence\.server\./), undefined, 2),
    });
  }

  /** A new folder with files in it. */
  folder(files: Files, name = 'shop'): string {
    this.#nWorkspaces += 1;
    const folder = join(this.root, `workspace-${this.#nWorkspaces}`, name);
    mkdirSync(folder, { recursive: true });
    writeTree(folder, files);
    return folder;
  }

  /** Open a folder or a .code-workspace file in a new window; `size` is what a picture wants. */
  async open(path: string, size: WindowSize = { width: 1280, height: 800, scale: 1 }): Promise<Window> {
    if (this.#browser === undefined) throw new Error('the browser does not run');
    const context = await this.#browser.newContext({
      viewport: { width: size.width, height: size.height },
      deviceScaleFactor: size.scale,
    });
    // Nothing may leave this machine.
    await context.route(
      (url) => !['127.0.0.1', 'localhost'].includes(url.hostname) && !url.hostname.endsWith('.localhost'),
      async (route) => {
        await route.abort();
      },
    );
    const kind = path.endsWith('.code-workspace') ? 'workspace' : 'folder';
    return await Window.open(context, `${this.#url}/?${kind}=${encodeURIComponent(path)}`, path);
  }

  /** The language servers that run in these surroundings, without their helpers. */
  serverProcesses(): readonly Process[] {
    return processesWith('WHENCE_HOME', this.whenceHome).filter(({ command }) => command.endsWith(' serve'));
  }

  /** Everything of Whence that runs in these surroundings: servers and indexing processes. */
  whenceProcesses(): readonly Process[] {
    return processesWith('WHENCE_HOME', this.whenceHome).filter(({ command }) => command.includes('python'));
  }

  /** Keep pictures of all windows and all logs under a story's name. */
  async keep(story: string): Promise<void> {
    const kept = join(KEPT, 'failures', story.replace(/\W+/g, '-').toLowerCase());
    mkdirSync(kept, { recursive: true });
    const pages = (this.#browser?.contexts() ?? []).flatMap((context) => context.pages());
    for (const [page_idx, page] of pages.entries())
      await page.screenshot({ path: join(kept, `window-${page_idx + 1}.png`) }).catch(() => undefined);
    for (const [from, to] of [
      [this.#log, 'code-server.log'],
      [join(this.#data, 'logs'), 'logs'],
      [join(this.whenceHome, 'logs'), 'whence-logs'],
    ] as const)
      if (existsSync(from)) cpSync(from, join(kept, to), { recursive: true });
  }

  /** Close all windows as a person does; code-server goes on. */
  async closeWindows(): Promise<void> {
    for (const context of this.#browser?.contexts() ?? []) {
      for (const page of context.pages()) await page.goto('about:blank').catch(() => undefined);
      await context.close();
    }
  }

  /** End everything, and leave nothing on the disk. */
  async stop(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    this.#end();
    await until('all processes ended', () => processesWith('WHENCE_HOME', this.whenceHome).length === 0);
    process.removeListener('exit', this.#onExit);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Use the environments of this run; the first to come makes one, as it is made for anybody who installs the extension. */
  async #share(): Promise<void> {
    const isFirst = !existsSync(SHARED_ENVIRONMENTS);
    mkdirSync(SHARED_ENVIRONMENTS, { recursive: true });
    mkdirSync(this.globalStorage, { recursive: true });
    symlinkSync(SHARED_ENVIRONMENTS, join(this.globalStorage, 'environments'));
    if (!isFirst) return;
    await this.open(this.folder({ 'README.md': 'Set up.' }, 'set-up'));
    await until('the extension has set itself up', () => this.serverProcesses().length > 0, SET_UP_MS);
    await this.closeWindows();
    await until('its server ended', () => this.whenceProcesses().length === 0);
  }

  async #serve(env: Readonly<Record<string, string>>): Promise<void> {
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    const log = openSync(this.#log, 'w');
    this.#child = spawn(
      process.execPath,
      [
        ...this.#arguments(),
        ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--cert', 'false', '--disable-telemetry'],
        ...['--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'],
        '--ignore-last-opened',
      ],
      { detached: true, stdio: ['ignore', log, log], env: { ...this.#environment(), ...env }, cwd: this.root },
    );
    closeSync(log);
    const end = Date.now() + 60_000;
    for (;;) {
      const answer = await fetch(`${this.#url}/healthz`).catch(() => undefined);
      if (answer?.ok === true) return;
      if (this.#child.exitCode !== null || Date.now() > end)
        throw new Error(`code-server did not start; see ${this.#log}`);
    }
  }

  #arguments(): readonly string[] {
    return [
      join(process.env['WHENCE_CODE_SERVER'] ?? join(BUILD, 'code-server'), 'out', 'node', 'entry.js'),
      ...[
        '--config',
        join(this.root, 'config.yaml'),
        '--user-data-dir',
        this.#data,
        '--extensions-dir',
        this.#extensions,
      ],
    ];
  }

  #environment(): NodeJS.ProcessEnv {
    const outer = Object.entries(process.env).filter(
      ([name]) => !/^(PORT|GIT_|VSCODE_|NODE_|WHENCE_|ELECTRON_)/.test(name),
    );
    return {
      ...Object.fromEntries(outer),
      WHENCE_HOME: this.whenceHome,
      EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: 'http://127.0.0.1:9', itemUrl: 'http://127.0.0.1:9' }),
    };
  }

  #run(...words: readonly string[]): void {
    execFileSync(process.execPath, [...this.#arguments(), ...words], { env: this.#environment(), stdio: 'pipe' });
  }

  #end(): void {
    if (this.#child?.pid !== undefined) {
      try {
        process.kill(-this.#child.pid, 'SIGKILL');
      } catch {
        // gone
      }
    }
    kill(processesWith('WHENCE_HOME', this.whenceHome).map(({ pid }) => pid));
  }
}

/** Write files under a folder. */
export function writeTree(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function pick(settings: Settings, name: RegExp): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => name.test(key)));
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
