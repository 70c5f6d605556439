import { kill, until } from '../harness/processes';
import { stories } from '../harness/story';
import { CHECKOUT_SERVER, type Workbench } from '../harness/workbench';
import { SHOP } from '../harness/workspaces';

const story = stories();

/** Wait for a server that is none of those before, and kill it. */
async function killNext(bench: Workbench, killed: Set<number>): Promise<void> {
  const next = await until('another server runs', () => bench.serverProcesses().find(({ pid }) => !killed.has(pid)));
  killed.add(next.pid);
  kill([next.pid]);
}

story('a server that was killed is started again, and answers', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();

  await killNext(bench, new Set());

  await until('another server runs', () => bench.serverProcesses().length === 1);
  await window.openFile('payments/provider.py');
  await window.codeLens(/1 similar/).waitFor();
});

story('after five crashes a message offers a restart, the log and a report; the restart works', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  const killed = new Set<number>();
  for (let n_crashes = 1; n_crashes <= 5; n_crashes += 1) await killNext(bench, killed);

  const message = await window.notification(/Whence does not run.*ended again and again/);
  await message.getByRole('button', { name: 'Open Log' }).waitFor();
  await message.getByRole('button', { name: 'Report Issue' }).waitFor();
  await window.screenshot('given-up');
  await message.getByRole('button', { name: 'Restart' }).click();

  await until('a server runs', () => bench.serverProcesses().length === 1);
  await window.codeLens(/1 similar/).waitFor();
});

story('a server command that is not there is told at once, and once set right it runs', async (bench) => {
  bench.settings({ 'whence.server.command': ['/nowhere/whence', 'serve'] });
  const window = await bench.open(bench.folder(SHOP));
  const message = await window.notification(/\/nowhere\/whence serve cannot be started/);
  await message.getByRole('button', { name: 'Try Again' }).waitFor();

  await window.setting('whence.server.command', CHECKOUT_SERVER);

  await until('a server runs', () => bench.serverProcesses().length === 1);
});
