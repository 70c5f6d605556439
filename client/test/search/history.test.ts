import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Memento } from 'vscode';

import { History } from '../../src/search/history';

/** What the editor keeps for a workspace, in memory. */
function memento(): Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => (kept.has(key) ? (kept.get(key) as T) : otherwise) as T,
    update: (key, value) => {
      kept.set(key, value);
      return Promise.resolve();
    },
  };
}

test('the last question comes first, and one asked again is there once', async () => {
  const history = new History(memento());

  for (const query of ['one', 'two', ' one ', ' ']) await history.add(query);

  assert.deepEqual(history.queries, ['one', 'two']);
});

test('fifty questions are kept', async () => {
  const history = new History(memento());

  for (let n = 1; n <= 60; n += 1) await history.add(`question ${n}`);

  assert.equal(history.queries.length, 50);
  assert.equal(history.queries[0], 'question 60');
  assert.equal(history.queries.at(-1), 'question 11');
});

test('a question can be forgotten, and is not there the next time', async () => {
  const state = memento();
  const history = new History(state);
  await history.add('one');
  await history.add('two');

  await history.remove('two');

  assert.deepEqual(new History(state).queries, ['one']);
});
