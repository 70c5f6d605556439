import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stories } from '../harness/story';
import type { Window } from '../harness/window';
import { SHOP, TOOLS } from '../harness/workspaces';

const story = stories();

/** Call a tool as an agent does; its answer is shown in a new document. */
async function call(window: Window, name: string, input: unknown): Promise<void> {
  await window.probe('Call a tool', { name, input });
}

/** Wait for a line of an answer; editors show blanks as such that do not break. */
async function answers(window: Window, line: RegExp): Promise<void> {
  await window.sees(new RegExp(line.source.replaceAll(' ', '\\s')));
}

/** Allow what a tool says it is about to do. */
async function allow(window: Window, told: RegExp): Promise<void> {
  const dialog = window.page.getByRole('dialog').filter({ hasText: told });
  await dialog.getByText(/Whence itself sends nothing anywhere/).waitFor();
  await window.screenshot('tool-confirmation');
  await dialog.getByRole('button', { name: 'Yes' }).click();
}

story('an agent searches the code, and what it asks wrongly is said in a line', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor(); // all is indexed

  await window.palette('Probe: List the tools');
  await answers(window, /whence_search/);
  await answers(window, /whence_similar/);

  await call(window, 'whence_search', { query: 'which visits are over', limit: 3 });
  await allow(window, /index of shop on this machine for "which visits are over" .* up to 3 places/);
  await answers(window, /3 places for "which visits are over", best first/);
  await answers(window, /The index is complete \(8 files\)/);
  await answers(window, /auth\/sessions\.py:\d+-\d+ · (method|function|class) /);
  await window.screenshot('tool-search');

  await call(window, 'whence_search', { query: 'sessions', languages: ['klingon'] });
  await answers(window, /languages: "klingon" is unknown; known are /);
  await call(window, 'whence_search', { query: 'sessions', folder: 'office' });
  await answers(window, /no open folder is called "office"; open are shop/);
});

story('an agent finds what is like a definition, in a workspace of two folders', async (bench) => {
  const shop = bench.folder(SHOP);
  const tools = bench.folder(TOOLS, 'tools');
  const workspace = join(mkdtempSync(join(bench.root, 'both-')), 'both.code-workspace');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: shop }, { path: tools }] }));
  const window = await bench.open(workspace);
  await window.openFile('net/retry.py', shop);
  await window.codeLens(/1 similar/).waitFor();

  await call(window, 'whence_similar', { path: 'shop/net/retry.py', line: 10 });
  await allow(window, /reads shop\/net\/retry\.py:10, looks in its index of shop, tools/);
  await answers(window, /1 place like function retry_with_backoff/);
  await answers(window, /shop\/payments\/provider\.py:\d+-\d+ · function call_until_it_works/);
  await window.screenshot('tool-similar');

  await call(window, 'whence_similar', { path: '../elsewhere.py', line: 1 });
  await allow(window, /reads \.\.\/elsewhere\.py:1/);
  await answers(window, /no file "\.\.\/elsewhere\.py" in the open folders \(shop, tools\)/);
  await call(window, 'whence_search', { query: 'make a picture smaller', folder: 'tools' });
  await allow(window, /index of tools on this machine/);
  await answers(window, /tools\/images\/thumbnail\.py:\d+-\d+ · function make_thumbnail/);
});
