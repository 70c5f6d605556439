import assert from 'node:assert/strict';

import { stories } from '../harness/story';
import { type Window } from '../harness/window';
import { large, SHOP } from '../harness/workspaces';

const story = stories();

/** Choose a line of the menu behind the status item. */
async function choose(window: Window, line: RegExp): Promise<void> {
  await window.statusBar(/Whence/).click();
  await window.quickPick().row(line).click();
}

story('the status item says that indexing goes on, pauses and resumes it', async (bench) => {
  const window = await bench.open(bench.folder(large(60)));
  await window.statusBar(/Whence.*\d+ %/).waitFor();
  await window.screenshot('status-indexing');

  await choose(window, /Pause indexing/);
  await window.screenshot('status-pausing');
  await window.statusBar(/Whence.*paused/).waitFor();

  await window.statusBar(/Whence/).click();
  await window
    .quickPick()
    .row(/Resume indexing/)
    .waitFor();
  await window.screenshot('status-menu-paused');
  await window
    .quickPick()
    .row(/Resume indexing/)
    .click();
  await window.statusBar(/Whence.*\d+ %/).waitFor();
});

story('the menu explains a file, tells where the index lies, clears it and builds it anew', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();

  await window.statusBar(/Whence/).click();
  await window
    .quickPick()
    .row(/shop.*8 files/)
    .waitFor();
  await window.screenshot('status-menu');
  await window
    .quickPick()
    .row(/shop.*8 files/)
    .click();
  const told = await window.notification(/The index of shop/);
  await window.screenshot('index-folder');
  assert.match((await told.innerText()).replace(/\s+/g, ' '), new RegExp(`lies in ${bench.whenceHome}.* [kK]B`));
  await window.press('Escape');

  await choose(window, /Explain this file/);
  await window
    .quickPick()
    .row(/retry_with_backoff/)
    .waitFor();
  await window.screenshot('explain-file');
  await window.quickPick().escape();

  await choose(window, /Clear index/);
  await window.page.getByRole('dialog').getByText('Remove the index of shop?').waitFor();
  await window.screenshot('clear-index');
  await window.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  const warned = window.page.locator('.statusbar-item.warning-kind', { hasText: 'Whence' });
  await warned.waitFor();
  await window.screenshot('not-indexed');
  await window.statusBar(/Whence/).click();
  await window
    .quickPick()
    .row(/shop.*not indexed/)
    .waitFor();
  await window
    .quickPick()
    .row(/Reindex/)
    .click();
  const ready = window.page.locator('.statusbar-item:has(.codicon-search)', { hasText: 'Whence' });
  await ready.waitFor();
  await window.statusBar(/Whence/).click();
  await window
    .quickPick()
    .row(/shop.*ready.*8 files/)
    .waitFor();
});

story('an issue report holds versions and states, and no code', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.statusBar(/Whence/).waitFor();

  await choose(window, /Report issue/);
  await window.notification(/nothing was sent/);
  await window.sees(/code-server/);
  await window.screenshot('issue-report');
});
