import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { StatusAnswer } from '../../src/protocol';
import { menuOf } from '../../src/status/menu';
import type { ServerState } from '../../src/whence';
import { english } from '../english';
import { answer, folder } from './answers';

function offered(state: ServerState, status?: StatusAnswer, hasEditor = true): readonly string[] {
  return menuOf(state, status, hasEditor, english).flatMap((item) => (item.kind === 'command' ? [item.command] : []));
}

const GENERAL = ['whence.showLog', 'whence.restart', 'whence.openSettings', 'whence.reportIssue'];

test('a server that does not run can be restarted, read and reported', () => {
  assert.deepEqual(offered({ kind: 'failed', reason: 'x' }), GENERAL);
  assert.deepEqual(offered({ kind: 'starting' }), GENERAL);
});

test('without a folder there is nothing to restart', () => {
  assert.deepEqual(
    offered({ kind: 'stopped' }),
    GENERAL.filter((command) => command !== 'whence.restart'),
  );
});

test('with one folder there is no choice of folders', () => {
  assert.deepEqual(offered({ kind: 'running' }, answer(folder())), [
    'whence.search',
    'whence.explainFile',
    'whence.pause',
    'whence.reindex',
    'whence.clearIndex',
    'whence.showIndex',
    ...GENERAL,
  ]);
});

test('of several folders one can be chosen, and each says where its index lies', () => {
  const commands = offered({ kind: 'running' }, answer(folder(), folder()), false);

  assert.ok(commands.includes('whence.reindexFolder'));
  assert.ok(!commands.includes('whence.explainFile'));
  assert.equal(commands.filter((command) => command === 'whence.showIndex').length, 2);
});

test('what is paused can go on', () => {
  const commands = offered({ kind: 'running' }, { ...answer(folder()), paused: true });

  assert.ok(commands.includes('whence.resume'));
  assert.ok(!commands.includes('whence.pause'));
});

test("a folder's line says how its index stands and how big it is", () => {
  const line = menuOf({ kind: 'running' }, answer(folder()), true, english).find(
    (item) => item.kind === 'command' && item.command === 'whence.showIndex',
  );

  assert.deepEqual(line, {
    kind: 'command',
    command: 'whence.showIndex',
    label: '$(database) shop',
    description: 'ready · 120 files · 1,900 chunks · 2.4 MB',
    args: ['file:///w/shop'],
  });
});
