import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { FolderStatus, StatusAnswer } from '../../src/protocol';
import { nameOf, type StatusView, viewOf } from '../../src/status/view';
import { english } from '../english';
import type { ServerState } from '../../src/whence';
import { answer, folder } from './answers';

function seen(state: ServerState, status?: StatusAnswer, secondsLeft?: number): StatusView {
  return viewOf({ state, status, secondsLeft }, english);
}

function running(...folders: readonly FolderStatus[]): StatusView {
  return seen({ kind: 'running' }, answer(...folders));
}

function line({ kind, text, spoken, look }: StatusView): string {
  return `${kind} ${look} | ${text} | ${spoken}`;
}

test('the server that is not there yet says what is being done', () => {
  assert.deepEqual(
    [
      seen({ kind: 'stopped' }),
      seen({ kind: 'settingUp', step: 'downloading onnxruntime' }),
      seen({ kind: 'starting' }),
      seen({ kind: 'running' }),
      seen({ kind: 'restarting', delayMs: 4_000 }),
      seen({ kind: 'failed', reason: 'The program whence was not found' }),
    ].map(line),
    [
      'noFolder normal | $(circle-slash) Whence | Whence: no folder is open',
      'settingUp normal | $(sync~spin) Whence | Whence: setting up: downloading onnxruntime',
      'starting normal | $(loading~spin) Whence | Whence: starting',
      'starting normal | $(loading~spin) Whence | Whence: starting',
      'restarting warning | $(warning) Whence | Whence: the language server ended and is started again in 4 seconds',
      'failed error | $(error) Whence | Whence: does not run. The program whence was not found',
    ],
  );
});

test('a server without folders says so', () => {
  assert.equal(line(running()), 'noFolder normal | $(circle-slash) Whence | Whence: no folder is open');
});

test('at rest it says what can be searched', () => {
  assert.equal(
    line(running(folder(), folder({ files: 1, chunks: 2 }))),
    'ready normal | $(search) Whence | Whence: ready, 121 files, 1,902 chunks',
  );
});

test('indexing has its percent in the bar and the time left in words', () => {
  const status = answer(folder({ activity: 'embedding', done: 50, total: 100 }), folder());

  assert.equal(
    line(seen({ kind: 'running' }, status, 130)),
    'indexing normal | $(sync~spin) Whence 55 % | Whence: indexing, 55 percent, about 2 minutes left',
  );
});

test('indexing that is slowed says why', () => {
  assert.equal(
    line(running(folder({ activity: 'embedding', done: 50, total: 100, slowed: 'on battery' }))),
    'indexing normal | $(dashboard) Whence 55 % | Whence: indexing, 55 percent, slower, on battery',
  );
});

test('pausing comes before all that would be done', () => {
  const status = { ...answer(folder({ activity: 'embedding', done: 50, total: 100 })), paused: true };

  assert.equal(
    line(seen({ kind: 'running' }, status)),
    'paused normal | $(debug-pause) Whence paused | Whence: indexing is paused; 120 files, 1,900 chunks',
  );
});

test('another window that indexes is waited for', () => {
  assert.equal(
    line(running(folder({ activity: 'waiting' }))),
    'waiting normal | $(watch) Whence | Whence: another window or program indexes; 120 files, 1,900 chunks',
  );
});

test('a folder that failed is named with the reason', () => {
  assert.equal(
    line(running(folder(), folder({ path: '/w/web', activity: 'failed', error: 'no space is left on the disk' }))),
    'failed error | $(error) Whence | Whence: web: indexing failed: no space is left on the disk',
  );
});

test('a folder without a usable index says what is there instead', () => {
  const sentences = (['missing', 'old-format', 'newer-format', 'other-model', 'corrupt', 'foreign'] as const).map(
    (state) => {
      const view = running(folder({ state, files: 0, chunks: 0, embedded: 0 }));
      return `${view.kind} ${view.look}: ${view.spoken}`;
    },
  );

  assert.deepEqual(sentences, [
    'notIndexed warning: Whence: not indexed',
    'notIndexed warning: Whence: its index is of an older version; reindex it',
    'notIndexed warning: Whence: its index is of a newer version of Whence',
    'notIndexed warning: Whence: its index was made with another model; reindex it',
    'notIndexed warning: Whence: its index is damaged; reindex it',
    'notIndexed warning: Whence: something else lies where its index should be',
  ]);
});

test('the tooltip has a part for each folder', () => {
  const view = running(
    folder(),
    folder({ path: '/w/my_web', activity: 'reading', done: 1, total: 2, slowed: 'on battery' }),
    folder({ path: '/w/docs', state: 'missing', detail: 'not *yet*', indexDir: '' }),
  );

  assert.deepEqual(view.tooltip.split('\n\n').slice(1), [
    '$(folder) **shop**: ready  \n120 files · 1,900 chunks · 2\\.4 MB  \n$(database) /c/whence/shop',
    '$(folder) **my\\_web**: indexing, 5 %, slower, on battery  \n120 files · 1,900 chunks · 2\\.4 MB  \n$(database) /c/whence/shop',
    '$(folder) **docs**: not indexed  \nnot \\*yet\\*',
  ]);
});

test('the tooltip tells how far the model is while a first one stands in', () => {
  const between = folder({ activity: 'embedding', embedded: 40, embeddedFirst: 1860, firstModel: 'quick' });

  assert.match(running(between).tooltip, /meaning: 40 of 1,900 chunks by the model, the rest by quick until then/);
});

test('the tooltip speaks of no folder while the server does not run', () => {
  assert.equal(seen({ kind: 'starting' }, answer(folder())).tooltip, '**Whence**: starting');
});

test('a folder is named by its last part, on Windows too', () => {
  assert.equal(nameOf(folder({ path: 'C:\\work\\shop\\' })), 'shop');
  assert.equal(nameOf(folder({ path: '/' })), '/');
});

test('an index whose chunks are not all embedded is told as partial', () => {
  assert.match(running(folder({ embedded: 3 })).tooltip, /shop\*\*: indexed in part/);
});
