import { kill, until } from '../harness/processes';
import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const story = stories();

story('a server that was killed is started again, and answers', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();

  const killed = bench.serverProcesses().map(({ pid }) => pid);
  kill(killed);

  await until('another server runs', () => bench.serverProcesses().some(({ pid }) => !killed.includes(pid)));
  await window.openFile('payments/provider.py');
  await window.codeLens(/1 similar/).waitFor();
});
