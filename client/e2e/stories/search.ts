import assert from 'node:assert/strict';

import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const story = stories();

story('a question is answered while it is typed; moving shows places, Escape goes back, Enter opens', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('README.md');
  await window.goToLine(2);

  await window.palette('Whence: Search…');
  const pick = window.quickPick();
  await pick.row(/Ask in plain words/).waitFor();
  await pick.fill('which sessions are over');
  await pick.row(/expired/i).waitFor();
  await window.screenshot('search');
  await window.activeTab('sessions.py').waitFor();

  await window.press('Escape');
  await window.activeTab('README.md').waitFor();
  await window.statusBar(/Ln 2\b/).waitFor();
  await window.page.locator('.tab[data-resource-name="sessions.py"]').waitFor({ state: 'detached' });

  await window.palette('Whence: Search…');
  await pick.fill('validate_jwt_token');
  await pick.row(/validate_jwt_token/).waitFor();
  await window.press('Enter');
  await window.activeTab('tokens.py').waitFor();
  await window.sees(/def.validate_jwt_token/);

  await window.palette('Whence: Search…');
  await pick.row(/validate_jwt_token/).waitFor(); // asked before
  await window.press('Escape');
});

story('filters limit an answer, are completed, and say what they do not know', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.palette('Whence: Search…');
  const pick = window.quickPick();

  await pick.fill('sessions lang:pyth');
  await pick.row(/lang:python/).click();
  await pick.row(/sessions\.py/).waitFor();
  assert.equal(await pick.input.inputValue(), 'sessions lang:python ');

  await pick.fill('sessions path:web/**');
  await pick.row(/web\//).waitFor();
  assert.equal(await pick.rows.filter({ hasText: 'sessions.py' }).count(), 0);

  await pick.fill('sessions lang:klingon');
  await pick.row(/No language is called "klingon"/).waitFor();
  await window.screenshot('search-filters');
  await window.press('Escape');
});

story('the selection is searched for; what nothing answers is said in words', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.editor.getByText('retry_with_backoff', { exact: true }).click(); // the word under the cursor
  await window.palette('Whence: Search for the Selection');
  const pick = window.quickPick();
  await pick.row(/retry_with_backoff/).waitFor();
  assert.equal(await pick.input.inputValue(), 'retry_with_backoff');

  await pick.fill('zzyzx quantum flux capacitor');
  await pick.row(/Nothing/).waitFor();
  await window.screenshot('search-nothing');
  await window.press('Escape');
});

story('results are kept in view, by file or by rank; one is dismissed, one opened', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.palette('Whence: Search…');
  const pick = window.quickPick();
  await pick.fill('try again when the network fails');
  await pick.row(/retry/).waitFor();
  await pick.widget.getByRole('button', { name: 'Pin to the Whence View' }).click();

  const tree = window.sideBar.getByRole('treeitem');
  await tree.filter({ hasText: 'retry.py' }).first().waitFor();
  await window.screenshot('results-by-file');
  await window.sideBar.getByRole('button', { name: 'List Results by Rank' }).click();
  const first = tree.filter({ hasText: 'retry_with_backoff' }).first();
  await first.waitFor();
  await window.screenshot('results-by-rank');

  // A click on a row that is just being drawn anew is lost, to a person too.
  const isOpen = window.activeTab('retry.py');
  for (let n_tries = 0; n_tries < 5 && !(await isOpen.isVisible()); n_tries += 1) {
    await first.click();
    await isOpen.waitFor({ timeout: 5_000 }).catch(() => undefined);
  }
  await isOpen.waitFor();

  await first.hover();
  await first.getByRole('button', { name: 'Dismiss' }).click();
  await first.waitFor({ state: 'hidden' });
});

story('a search from a folder of the explorer stays in it, whatever its name holds', async (bench) => {
  const there = '[id]/page.py';
  const window = await bench.open(bench.folder({ ...SHOP, [there]: SHOP['net/retry.py'] ?? '' }));

  await window.statusBar(/Whence/).waitFor(); // and its lines are in the menus
  const folder = window.sideBar.getByRole('treeitem', { name: '[id]' });
  await folder.click({ button: 'right' });
  await window.page.getByRole('menuitem', { name: /Search from Here/ }).hover();
  await window.press('Enter'); // a menu that has just opened takes no clicks
  const pick = window.quickPick();
  await pick.widget.getByText(/Search · \[id\]/).waitFor();
  await pick.fill('try again when the network fails');
  await pick.row(/\[id\]\/page\.py/).waitFor();
  await window.screenshot('search-from-here');
  assert.equal(await pick.rows.filter({ hasNotText: '[id]/page.py' }).count(), 0);
  await window.press('Escape');
});
