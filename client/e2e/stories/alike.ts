import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const story = stories();

const WRITTEN = `def try_until_it_works(action, attempts=4, first_delay=0.2):
    """Call action until it succeeds; wait twice as long after each failure."""
    delay = first_delay
    for attempt in range(attempts):
        try:
            return action()
        except ConnectionError:
            if attempt == attempts - 1:
                raise
            time.sleep(delay)
            delay *= 2


`;

story('a lens leads to what is alike, in a peek view', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).click();

  const peek = window.page.locator('.peekview-widget');
  await peek.getByText('provider.py').first().waitFor();
  await peek
    .locator('.view-line', { hasText: /def.call_until_it_works/ })
    .first()
    .waitFor();
  await window.screenshot('similar-peek');
});

story('the definition at the cursor is compared with a similar one side by side', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  await window.goToLine(9);
  await window.palette('Whence: Compare with Similar Code');
  const pick = window.quickPick();
  await pick.row(/call_until_it_works/).waitFor();
  await window.screenshot('similar-pick');
  await window.press('Enter');

  await window.page.locator('.tab.active', { hasText: /call_until_it_works ↔ retry_with_backoff/ }).waitFor();
  await window.page
    .locator('.monaco-diff-editor .modified .view-line', { hasText: /def.retry_with_backoff/ })
    .waitFor();
  await window.page
    .locator('.monaco-diff-editor .original .view-line', { hasText: /def.call_until_it_works/ })
    .waitFor();
  await window.screenshot('similar-diff');
});

story('a selection has what is like it', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  await window.goToLine(8);
  await window.press(...Array<string>(8).fill('Shift+ArrowDown'));
  await window.palette('Whence: Find Similar Code');

  await window.page.locator('.peekview-widget').getByText('provider.py').first().waitFor();
  await window.screenshot('similar-selection');
});

story('what is alike is kept in the results view where one prefers that, and compared from there', async (bench) => {
  bench.settings({ 'whence.client.similarIn': 'results' });
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).click();
  const place = window.sideBar.getByRole('treeitem').filter({ hasText: 'call_until_it_works' }).first();
  await place.waitFor();
  await window.sideBar
    .getByText(/like retry_with_backoff · 1 place/)
    .first()
    .waitFor();
  await window.screenshot('similar-results');

  await place.hover();
  await place.getByRole('button', { name: 'Compare with Similar Code…' }).click();
  await window.page.locator('.tab.active', { hasText: /call_until_it_works ↔ retry_with_backoff/ }).waitFor();

  await window.sideBar.getByRole('button', { name: 'Ask Again' }).click();
  await place.waitFor();
});

story('where nothing is alike, that is said', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  await window.openFile('mail/receipt.go');
  await window.goToLine(17);
  await window.palette('Whence: Find Similar Code');
  await window.notification(/Nothing similar is indexed/);
});

story('a new function that nearly exists is marked, and no longer when it changes', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  await window.setting('whence.client.alreadyExists', true);
  await window.setting('editor.autoIndent', 'none'); // what is typed has its own

  await window.openFile('auth/tokens.py');
  await window.goToLine(7);
  await window.press('Home');
  await window.type(WRITTEN);
  await window.press('ArrowUp', 'ArrowUp'); // onto the blank line below it
  const mark = window.page.locator('.squiggly-info').first();
  await mark.waitFor();
  await window.palette('Problems: Focus on Problems View');
  await window.page
    .getByText(/nearly exists already/)
    .first()
    .waitFor();
  await window.screenshot('already-exists');
  await window.page
    .locator('.part.editor .view-line', { hasText: /delay.\*=.2/ })
    .first()
    .click();
  await window.press('End');
  await window.type('0');
  await mark.waitFor({ state: 'detached' });
});
