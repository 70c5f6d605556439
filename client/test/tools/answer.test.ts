import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Completeness, Hit, SearchAnswer } from '../../src/protocol';
import { completenessInWords, searchAnswer, similarAnswer, type Writing } from '../../src/tools/answer';

const whole: Completeness = { files: 8, chunks: 20, embedded: 20, embeddedFirst: 0, complete: true, indexing: false };
const shop = { name: 'shop', path: '/w/shop', uri: 'file:///w/shop' };
const writing: Writing = { folders: [shop], maxChars: 24_000 };
const hit: Hit = {
  uri: 'file:///w/shop/net/retry.py',
  range: { start: { line: 5, character: 0 }, end: { line: 15, character: 9 } },
  path: 'net/retry.py',
  folder: 'file:///w/shop',
  symbol: 'retry_with_backoff',
  kind: 'function',
  language: 'python',
  score: 1,
  reasons: [{ kind: 'meaning', text: 'means much the same', score: 1 }],
  snippet: 'def retry_with_backoff(action):',
  copies: ['old/retry.py:3'],
};
const found = (hits: readonly Hit[]): SearchAnswer => ({
  hits,
  nearest: [],
  nearestWords: [],
  completeness: whole,
  timings: {},
});

test('an answer names places, why they are there, and shows their code', () => {
  assert.equal(
    searchAnswer('where are retries', found([hit]), writing),
    `1 place for "where are retries", best first.
The index is complete (8 files).
Paths are relative to /w/shop.

1. net/retry.py:6-16 · function retry_with_backoff · python
because: means much the same
the same text at: old/retry.py:3
\`\`\`python
def retry_with_backoff(action):
\`\`\``,
  );
});

test('with several folders, paths begin with the folder', () => {
  const text = searchAnswer('x', found([hit]), {
    ...writing,
    folders: [shop, { name: 'tools', path: '/w/tools', uri: 'file:///w/tools' }],
  });

  assert.match(text, /Paths begin with a folder's name: shop is \/w\/shop, tools is \/w\/tools\./);
  assert.match(text, /1\. shop\/net\/retry\.py:6-16/);
});

test('an empty answer is said in words, with what comes nearest', () => {
  const text = searchAnswer('qurey', { ...found([]), nearest: [hit], nearestWords: ['query'] }, writing);

  assert.match(text, /^Nothing answers "qurey"\.\n/);
  assert.match(text, /spelt much like it: query\./);
  assert.match(text, /hardly answer:\n\n1\. net\/retry\.py/);
});

test('an answer keeps within its size and says what is left out', () => {
  const text = searchAnswer('x', found(Array<Hit>(10).fill(hit)), { ...writing, maxChars: 600 });

  assert.ok(text.length < 700);
  assert.match(text, /\d more left out to keep this short/);
});

test('one long place is cut, with a fence longer than any in it', () => {
  const long = { ...hit, snippet: `\`\`\`\`\n${'x = 1\n'.repeat(100)}` };
  const text = searchAnswer('x', found([long]), writing);

  assert.match(text, /^`````python$/m);
  assert.match(text, /\n…\n`````$/);
  assert.ok(text.split('\n').length < 40);
});

test('similar code tells copies from what is alike', () => {
  const target = { uri: hit.uri, range: hit.range, symbol: 'again', kind: 'function', language: 'python' } as const;
  const answer = { target, copies: [hit], hits: [hit], completeness: whole, timings: {} };

  assert.match(
    similarAnswer(answer, writing),
    /^2 places like function again \(lines 6-16\): 1 with the same text, 1 alike\./,
  );
  assert.match(similarAnswer({ ...answer, copies: [], hits: [] }, writing), /^Nothing is like function again/);
});

test('how complete the index is, is a sentence', () => {
  const part = { ...whole, complete: false, indexing: true };

  assert.match(completenessInWords({ ...part, embedded: 13 }), /65 % can be found by meaning/);
  assert.match(completenessInWords({ ...part, embedded: 13, embeddedFirst: 7 }), /65 % .*, the rest by a faster/);
  assert.match(completenessInWords({ ...part, chunks: 0, embedded: 0 }), /^Nothing is indexed yet/);
  assert.match(completenessInWords({ ...part, chunks: 0, embedded: 0, indexing: false }), /^Nothing is indexed;/);
  assert.match(completenessInWords(part), /still being read/);
});
