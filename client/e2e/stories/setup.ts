import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import { until } from '../harness/processes';
import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const SET_UP_MS = 240_000; // what the package index sends, on a slow line

const story = stories('setUp');

story(
  'from nothing: the set-up shows what it does, can be cancelled and taken up again, and then Whence answers',
  async (bench) => {
    const folder = bench.folder(SHOP);
    const window = await bench.open(folder);
    await window.openFile('net/retry.py');

    const progress = await window.notification(/Setting up Whence/);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    const cancelled = await window.notification(/cancelled/);
    await window.screenshot('set-up-cancelled');
    await cancelled.getByRole('button', { name: 'Try Again' }).click();
    await window.notification(/Setting up Whence: \S/);
    await window.screenshot('setting-up');
    await window.codeLens(/1 similar/).waitFor({ timeout: SET_UP_MS });

    const [server] = bench.serverProcesses();
    assert.ok(server?.command.startsWith(bench.globalStorage), server?.command);
    assert.deepEqual(readdirSync(folder).sort(), ['README.md', 'auth', 'limits', 'mail', 'net', 'payments', 'web']);
  },
);

story('once set up, another window starts its server without setting anything up', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  const server = await until('a server runs', () => bench.serverProcesses()[0]);
  assert.ok(server.command.startsWith(bench.globalStorage), server.command);
  assert.equal(await window.page.getByText('Setting up Whence').count(), 0);
});
