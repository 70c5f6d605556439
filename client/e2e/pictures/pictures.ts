/** The pictures of the documents, taken from the same workbench as the stories: `make client-pictures`. */

import { stories } from '../harness/story';
import { type WindowSize } from '../harness/workbench';
import { SHOP } from '../harness/workspaces';

const SIZE: WindowSize = { width: 960, height: 600, scale: 2 }; // sharp on dense screens, and still legible in a column of text

const picture = stories();

picture('similar code', async (bench) => {
  bench.settings({ 'editor.hover.above': false }); // the lens above stays in the picture
  const window = await bench.open(bench.folder(SHOP), SIZE);
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  const hover = await window.hover('retry_with_backoff');
  await hover.getByText('call_until_it_works').first().waitFor();
  await window.picture('similar');
});

picture('a question, answered while it is typed', async (bench) => {
  const window = await bench.open(bench.folder(SHOP), SIZE);
  await window.openFile('README.md');
  await window.statusBar(/Whence/).waitFor();
  await window.palette('Whence: Search…');
  const pick = window.quickPick();
  await pick.fill('which sessions are over');
  await pick.row(/drop_expired_sessions/).waitFor();
  await window.activeTab('sessions.py').waitFor();
  await window.page.mouse.move(0, 0); // no tooltip over the list
  await window.page.locator('.monaco-hover:not(.hidden)').waitFor({ state: 'detached' });
  await window.picture('search');
});
