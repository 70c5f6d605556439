/** One window of the workbench, as the person before it: keys, the mouse, and what can be seen. Waits only for visible things. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { type BrowserContext, type Locator, type Page } from 'playwright-core';

import { KEPT, REPOSITORY } from './workbench';

const START_MS = 60_000; // the first window of a cold code-server takes ten seconds here, more beside another job
const SEE_MS = 30_000;

/** A window with one folder or workspace. */
export class Window {
  readonly editor: Locator;
  readonly sideBar: Locator;

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    readonly path: string,
  ) {
    this.editor = page.locator('.part.editor .editor-instance').first();
    this.sideBar = page.locator('.part.sidebar');
    page.setDefaultTimeout(SEE_MS);
  }

  static async open(context: BrowserContext, url: string, path: string): Promise<Window> {
    const page = await context.newPage();
    const window = new Window(page, context, path);
    await page.goto(url);
    await window.ready();
    return window;
  }

  /** Wait for the workbench with its explorer. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: START_MS });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: START_MS });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Leave the page as a person closes a tab, so that the workbench says good-bye. */
  async close(): Promise<void> {
    await this.page.goto('about:blank');
    await this.context.close();
  }

  /**
   * Run a command by its title, e.g. "Whence: Search". The palette does not take up commands that are registered while it is open, and
   * closes when the workbench, still starting, takes the focus; hence it is opened again until the command is there.
   */
  async palette(title: string): Promise<void> {
    const pick = this.quickPick();
    for (let n_tries = 1; ; n_tries += 1) {
      await this.#openPalette();
      const row = pick.widget.getByRole('option', { name: new RegExp(`^${escaped(title)}`) }).first();
      try {
        await pick.input.fill(`>${title}`, { timeout: 2_000 });
        await row.waitFor({ timeout: 2_000 });
        await row.click();
        return;
      } catch (error) {
        if (n_tries === 15) throw error;
        await this.page.keyboard.press('Escape');
        await pick.widget.waitFor({ state: 'hidden' });
      }
    }
  }

  /** The quick pick or input box that is, or will be, open. */
  quickPick(): QuickPick {
    return new QuickPick(this.page);
  }

  /** Wait for a notification. */
  async notification(text: RegExp): Promise<Locator> {
    const toast = this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
    await toast.waitFor();
    return toast;
  }

  /** An item of the status bar. */
  statusBar(text: RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text }).first();
  }

  /** Lenses above definitions. */
  codeLens(text: RegExp): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text }).first();
  }

  /** Hover over the first place with exactly this word; gives the hover. */
  async hover(word: string): Promise<Locator> {
    await this.page
      .locator('.view-line span', { hasText: new RegExp(`^\\s*${escaped(word)}\\s*$`) })
      .last()
      .hover();
    const hover = this.page.locator('.monaco-hover:not(.hidden)').filter({ hasText: /\S/ }).first();
    await hover.waitFor();
    return hover;
  }

  /** Open a file of the workspace, by its path from `root`. */
  async openFile(path: string, root = this.path): Promise<void> {
    await this.#openPalette();
    const pick = this.quickPick();
    await pick.input.fill(join(root, path));
    await pick.row(new RegExp(escaped(basename(path)))).waitFor();
    await this.page.keyboard.press('Enter');
    await this.activeTab(basename(path)).waitFor();
  }

  /** The tab in front, when it bears this name. */
  activeTab(name: string): Locator {
    return this.page.locator(`.tab.active[data-resource-name="${name}"]`).first();
  }

  /** Put the cursor at a line, 1-based. */
  async goToLine(line: number): Promise<void> {
    await this.#openPalette();
    await this.quickPick().input.fill(`:${line}`);
    await this.quickPick()
      .row(new RegExp(`line ${line}\\b`, 'i'))
      .waitFor();
    await this.quickPick().accept();
    await this.statusBar(new RegExp(`Ln ${line}\\b`)).waitFor();
  }

  /** Change one of the user's settings, as the settings editor does. */
  async setting(name: string, value: unknown): Promise<void> {
    await this.probe('Change a setting', { name, value });
    await this.notification(new RegExp(`SET ${escaped(name)}`));
    await this.press('Escape'); // the notification goes
  }

  /** Run a command of the probe with its question. */
  async probe(title: string, answer: unknown): Promise<void> {
    await this.palette(`Probe: ${title}`);
    await this.quickPick()
      .widget.getByText(/Press 'Enter' to confirm/)
      .waitFor();
    await this.quickPick().fill(JSON.stringify(answer));
    await this.quickPick().accept();
  }

  /** Type into what has the focus. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Wait until something that contains `text` can be seen in an editor. */
  async sees(text: RegExp): Promise<void> {
    await this.page.locator('.part.editor .view-line', { hasText: text }).first().waitFor();
  }

  /** Keep a picture of the window in build/e2e/screenshots. */
  async screenshot(name: string): Promise<void> {
    await this.#take(join(KEPT, 'screenshots'), name);
  }

  /** Take a picture of the window for the documents: docs/vscode-NAME.png. */
  async picture(name: string): Promise<void> {
    await this.#take(join(REPOSITORY, 'docs'), `vscode-${name}`);
  }

  /** A window that has just been drawn takes no keys yet, and does not say so. */
  async #openPalette(): Promise<void> {
    for (let n_tries = 1; ; n_tries += 1) {
      await this.page.keyboard.press('F1');
      try {
        await this.quickPick().input.waitFor({ timeout: 3_000 });
        return;
      } catch (error) {
        if (n_tries === 10) throw error;
      }
    }
  }

  async #take(folder: string, name: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
  }
}

/** The quick pick or input box at the top. */
export class QuickPick {
  readonly widget: Locator;
  readonly input: Locator;
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget');
    this.input = this.widget.locator('.quick-input-box input').first();
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  row(text: RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }

  /** Replace what stands in the input. */
  async fill(text: string): Promise<void> {
    await this.input.waitFor();
    await this.input.fill(text);
  }

  /** Take what stands there. The first Enter is lost where the list has just been drawn and nothing is chosen in it yet. */
  async accept(): Promise<void> {
    for (let n_tries = 1; ; n_tries += 1) {
      await this.page.keyboard.press('Enter');
      try {
        await this.widget.waitFor({ state: 'hidden', timeout: 2_000 });
        return;
      } catch (error) {
        if (n_tries === 5) throw error;
      }
    }
  }

  async escape(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
