import { dirname, join } from 'node:path';

import { stories } from '../harness/story';
import { type Window } from '../harness/window';
import { writeTree } from '../harness/workbench';
import { SHOP, TOOLS } from '../harness/workspaces';

const story = stories();

/** Ask the editor's own symbol search until it shows what is meant; it does not ask again by itself when the index grows. */
async function findSymbol(window: Window, question: string, found: RegExp): Promise<void> {
  const pick = window.quickPick();
  for (let n_tries = 1; ; n_tries += 1) {
    await window.press('F1');
    await pick.fill(`#${question}`);
    try {
      await pick.row(found).waitFor({ timeout: 3_000 });
      return;
    } catch (error) {
      if (n_tries === 10) throw error;
      await pick.escape();
    }
  }
}

story("the editor's own symbol search shows what fits, where the name bears the words", async (bench) => {
  const window = await bench.open(bench.folder(SHOP));

  await findSymbol(window, 'expired sessions', /drop_expired_sessions/);
  await window.screenshot('workspace-symbols');
  await window.press('Enter');

  await window.activeTab('sessions.py').waitFor();
});

story('text that is not saved is found', async (bench) => {
  const window = await bench.open(bench.folder(SHOP));
  await window.openFile('net/retry.py');
  await window.codeLens(/1 similar/).waitFor();

  await window.editor.click();
  await window.press('Control+End');
  await window.type(
    '\n\ndef open_parachute(altitude_m):\n    """Open the parachute when the ground is near."""\n    return altitude_m < 800\n',
  );
  await findSymbol(window, 'parachute', /open_parachute/);
  await window.press('Enter');

  await window.sees(/def.open_parachute/);
});

story('all folders of a workspace are asked', async (bench) => {
  const shop = bench.folder(SHOP);
  const tools = bench.folder(TOOLS, 'tools');
  const workspace = join(dirname(shop), 'both.code-workspace');
  writeTree(dirname(shop), {
    'both.code-workspace': JSON.stringify({ folders: [{ path: shop }, { path: tools }] }),
  });
  const window = await bench.open(workspace);

  await findSymbol(window, 'thumbnail', /make_thumbnail/);
  await window.quickPick().escape();
  await findSymbol(window, 'receipt', /SendReceipt/);
});
