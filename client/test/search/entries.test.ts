import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Hit, SearchAnswer } from '../../src/protocol';
import { entriesOf, pastEntries, telling, toldCompleteness } from '../../src/search/entries';
import { english } from '../english';

const hit: Hit = {
  uri: 'file:///w/shop/a/session.py',
  range: { start: { line: 6, character: 0 }, end: { line: 9, character: 3 } },
  path: 'a/session.py',
  folder: 'file:///w/my%20shop',
  symbol: 'Session.expire',
  kind: 'method',
  language: 'python',
  score: 0.8,
  reasons: [{ kind: 'words', text: 'has expire', score: 0.8 }],
  snippet: '\n    def expire(self):\n        self.user = None',
  copies: [],
};
const whole = { files: 3, chunks: 10, embedded: 10, embeddedFirst: 0, complete: true, indexing: false };
const answer = (over: Partial<SearchAnswer>): SearchAnswer => ({
  hits: [],
  nearest: [],
  nearestWords: [],
  completeness: whole,
  timings: {},
  ...over,
});

test('a hit shows its symbol, its place and the line that tells most', () => {
  const [entry] = entriesOf(answer({ hits: [hit] }), false, english);

  assert.deepEqual(entry, {
    kind: 'hit',
    hit,
    label: '$(symbol-method) Session.expire',
    description: 'a/session.py:7',
    detail: 'def expire(self):',
  });
});

test('of several folders the one it is in is named, as people write it', () => {
  const [entry] = entriesOf(answer({ hits: [hit] }), true, english);

  assert.equal(entry?.kind === 'hit' && entry.description, 'my shop/a/session.py:7');
});

test('what has no symbol is named by its file', () => {
  const [entry] = entriesOf(answer({ hits: [{ ...hit, symbol: '', kind: 'block' }] }), false, english);

  assert.equal(entry?.kind === 'hit' && entry.label, '$(symbol-snippet) session.py');
});

test('an empty answer is said in words, with words to ask for and what comes nearest', () => {
  const entries = entriesOf(answer({ nearestWords: ['expire'], nearest: [hit] }), false, english);

  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['note', 'ask', 'hit'],
  );
  assert.equal(entries[0]?.label, '$(info) Nothing here answers that');
});

test('where not everything is indexed an empty answer says that', () => {
  const young = { files: 0, chunks: 0, embedded: 0, embeddedFirst: 0, complete: false, indexing: true };

  assert.equal(entriesOf(answer({ completeness: young }), false, english)[0]?.label, '$(info) Nothing is indexed yet');
});

test('how complete an answer is is told in a few words, and nothing when it is whole', () => {
  assert.equal(toldCompleteness(whole, english), '');
  assert.match(toldCompleteness({ ...whole, complete: false, embedded: 4, indexing: true }, english), /^40 % known/);
  const first = { ...whole, complete: false, embedded: 4, embeddedFirst: 6, indexing: true };
  assert.match(toldCompleteness(first, english), /^40 % embedded, the rest by a first model/);
  assert.match(toldCompleteness({ ...first, embeddedFirst: 2 }, english), /^60 % known by meaning, the rest by words/);
  assert.match(toldCompleteness({ ...whole, complete: false, indexing: true }, english), /looked at/);
  assert.match(toldCompleteness({ ...whole, complete: false }, english), /by name/);
});

test('before anything was asked the list says how to ask', () => {
  assert.equal(pastEntries([], english)[0]?.kind, 'note');
  assert.deepEqual(
    pastEntries(['one', 'two'], english).map(({ kind }) => kind),
    ['heading', 'past', 'past'],
  );
});

test('the line that tells most is no bracket, and not endless', () => {
  assert.equal(telling('  {\n  run();\n}'), 'run();');
  assert.equal(telling('x'.repeat(500)).length, 140);
});
