import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Kind } from '../../src/protocol';
import { lineAsked, twinOf } from '../../src/similar/alreadyExists';
import { copy, hit, similar } from './answers';

const WRITTEN = ['import time', '', 'def call_again(call):', '    while True:', '        call()', ''];
const SAVED = 'import time\n';

function asked(given: Parameters<typeof similar>[0] = {}): ReturnType<typeof similar> {
  return similar({
    hits: [hit({ score: 0.94 })],
    ...given,
    target: { range: { start: { line: 2, character: 0 }, end: { line: 4, character: 14 } }, ...given.target },
  });
}

test('a new function that is nearly another one has a twin, told at its name', () => {
  assert.deepEqual(twinOf(asked(), WRITTEN, SAVED), { line: 2, start: 4, end: 14, hit: hit({ score: 0.94 }) });
});

test('a copy comes before what is alike', () => {
  const twin = twinOf(asked({ copies: [copy({ path: 'copy.py' })] }), WRITTEN, SAVED);

  assert.equal(twin?.hit.path, 'copy.py');
});

test('what is less alike is no twin', () => {
  assert.equal(twinOf(asked({ hits: [hit({ score: 0.77 })] }), WRITTEN, SAVED), undefined);
  assert.equal(twinOf(asked({ hits: [] }), WRITTEN, SAVED), undefined);
});

test('a function that stood there when the document was saved has no twin', () => {
  const changedSince = 'def call_again(call, n_times):\n    pass\n';

  assert.equal(twinOf(asked(), WRITTEN, changedSince), undefined);
});

test('a function that only was moved or indented has no twin', () => {
  const moved = 'class Caller:\n    def call_again(call):\n        while True:\n            call()\n';

  assert.equal(twinOf(asked(), WRITTEN, moved), undefined);
});

test('a saved call or comment does not make a function old', () => {
  const called = '# def call_again comes next\nresult = call_again(fetch)\n';

  assert.notEqual(twinOf(asked(), WRITTEN, called), undefined);
});

test('a longer name does not make a function old', () => {
  assert.notEqual(twinOf(asked(), WRITTEN, 'def call_again_later(call):\n    pass\n'), undefined);
});

test('the name is told where it is declared, not where a comment or a decorator has it', () => {
  const lines = ['// Close: ends it.', '@Close', 'func (s *Session) Close() {', '\ts.end()', '}'];
  const range = { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } };

  const twin = twinOf(asked({ target: { symbol: 'Session.Close', kind: 'method', range } }), lines, '');

  assert.deepEqual([twin?.line, twin?.start, twin?.end], [2, 18, 23]);
});

test('short functions, classes and pieces without a name have no twin', () => {
  const short = { range: { start: { line: 2, character: 0 }, end: { line: 3, character: 15 } } };

  assert.equal(twinOf(asked({ target: short }), WRITTEN, SAVED), undefined);
  assert.equal(twinOf(asked({ target: { symbol: '' } }), WRITTEN, SAVED), undefined);
  for (const kind of ['class', 'test', 'block'] satisfies Kind[]) {
    assert.equal(twinOf(asked({ target: { kind } }), WRITTEN, SAVED), undefined);
  }
});

test('below a definition that just ended, it is the one that is meant', () => {
  assert.equal(lineAsked(['a', '  ', ''], 2), 0);
  assert.equal(lineAsked(['a', 'b'], 1), 1);
  assert.equal(lineAsked(['', ''], 1), undefined);
  assert.equal(lineAsked(['a'], 7), 0);
});
