import { stories } from '../harness/story';
import { SHOP } from '../harness/workspaces';

const story = stories();

story('a lens counts what is like a function, and a hover links to it', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();
  const hover = await window.hover('retry_with_backoff');
  await hover.getByText('call_until_it_works').first().waitFor();
  await window.screenshot('lens-and-hover');

  await hover.getByRole('link', { name: 'call_until_it_works' }).click();
  await window.activeTab('provider.py').waitFor();
  await window.sees(/def.call_until_it_works/);
});
