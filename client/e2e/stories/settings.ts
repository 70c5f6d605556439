import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const story = stories();

story('lenses go and come with their setting, while the window is open', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();

  await window.setting('whence.codeLens.enabled', false);
  await window.codeLens(/1 similar/).waitFor({ state: 'detached' });

  await window.setting('whence.codeLens.enabled', true);
  await window.codeLens(/1 similar/).waitFor();
});
