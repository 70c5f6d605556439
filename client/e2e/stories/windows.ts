import assert from 'node:assert/strict';

import { until } from '../harness/processes';
import { stories } from '../harness/story';
import { large, SHOP } from '../harness/workspaces';

const story = stories();

story('no process is left after the window is closed while it indexes', async (bench) => {
  const window = await bench.open(bench.folder(large(200)));
  await until('a server runs', () => bench.serverProcesses().length === 1);

  await window.close();

  await until('the server has ended', () => bench.whenceProcesses().length === 0);
});

story('a window reloaded while it indexes goes on with one server', async (bench) => {
  const window = await bench.open(bench.folder(large(20)));
  const [before] = await until('a server runs', () => bench.serverProcesses().length === 1 && bench.serverProcesses());
  assert(before !== undefined);

  await window.reload();
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor({ timeout: 60_000 });

  await until('the first server has ended', () => !bench.serverProcesses().some(({ pid }) => pid === before.pid));
  assert.equal(bench.serverProcesses().length, 1);
});

story('two windows on one folder each have their lenses', async (bench) => {
  const folder = bench.folder(SHOP);
  const first = await bench.open(folder);
  const second = await bench.open(folder);

  await first.openFile('net/retry.py');
  await first.codeLens(/1 similar/).waitFor();
  await second.openFile('payments/provider.py');
  await second.codeLens(/1 similar/).waitFor();

  assert.equal(bench.serverProcesses().length, 2);
});

story('no process is left after the extension is disabled while it indexes', async (bench) => {
  const window = await bench.open(bench.folder(large(200)));
  await window.statusBar(/Whence.*\d+ %/).waitFor();

  await window.palette('Extensions: Disable All Installed Extensions for this Workspace');
  await window.reload(); // in a browser disabling counts from then on

  await until('the server has ended', () => bench.whenceProcesses().length === 0);
  await window.statusBar(/Whence/).waitFor({ state: 'detached' });
});
