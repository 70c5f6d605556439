import assert from 'node:assert/strict';

import { until } from '../harness/processes';
import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const SET_UP_MS = 240_000; // what the package index sends, on a slow line

const story = stories('setUp');

story('an own command that is not Whence is named with what it answers', async (bench) => {
  bench.settings({ 'whence.server.command': ['/bin/echo', 'serve'] });
  const window = await bench.open(bench.folder(SHOP));

  const told = await window.notification(
    /whence\.server\.command will not do: \/bin\/echo serve answers --version with/,
  );
  await window.screenshot('set-up-own-command');
  assert.equal(await told.getByRole('button', { name: 'Open Settings' }).count(), 1);
});

story('a chosen Python that will not do is named, and another can be chosen from those there are', async (bench) => {
  bench.settings({ 'whence.server.python': '/bin/true' });
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');

  const told = await window.notification(/whence\.server\.python will not do: \/bin\/true does not run/);
  await window.screenshot('set-up-chosen-python');
  await told.getByRole('button', { name: 'Choose Python…' }).click();
  await window
    .quickPick()
    .row(/Python 3\.\d+/)
    .waitFor();
  await window.screenshot('set-up-choose-python');
  await window.press('Enter');

  await window.codeLens(/1 similar/).waitFor({ timeout: SET_UP_MS });
  const server = await until('a server runs', () => bench.serverProcesses()[0]);
  assert.ok(server.command.startsWith(bench.globalStorage), server.command);
});
