import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nameOf, pairOf, placesOf, questionOf, toldLikeness, unindented, whereOf } from '../../src/similar/places';
import { english } from '../english';
import { copy, hit, similar } from './answers';

const textDocument = { uri: 'file:///w/a.py' };
const position = { line: 6, character: 8 };

test('a lens asks about a position, an action about a range', () => {
  const range = { start: position, end: { line: 9, character: 0 } };

  assert.deepEqual(questionOf({ textDocument, position }), { textDocument, position, limit: 20 });
  assert.deepEqual(questionOf({ textDocument, range, limit: 3 }), { textDocument, range, limit: 3 });
});

test('fields that are null count as missing', () => {
  const asked = questionOf({ textDocument, position, range: null, limit: null });

  assert.deepEqual(asked, { textDocument, position, limit: 20 });
});

test('what is no question is none', () => {
  for (const argument of [undefined, null, 3, {}, { textDocument }, { position }, { textDocument, range: {} }]) {
    assert.equal(questionOf(argument), undefined);
  }
});

test('copies come before what is alike', () => {
  const answer = similar({ copies: [copy({ path: 'b' })], hits: [hit({ path: 'a' })] });

  assert.deepEqual(
    placesOf(answer).map(({ path }) => path),
    ['b', 'a'],
  );
});

test('only a copy is called the same', () => {
  assert.equal(toldLikeness(copy(), english), 'the same text');
  assert.equal(toldLikeness(hit({ score: 1 }), english), '99 % alike');
  assert.equal(toldLikeness(hit({ score: 0.917 }), english), '91 % alike');
});

test('a place without a name is called as its file', () => {
  assert.equal(nameOf(hit()), 'retry');
  assert.equal(nameOf(hit({ symbol: '' })), 'retry.py');
  assert.equal(whereOf(hit()), 'net/retry.py:7');
});

test('pieces lose the indentation their lines share', () => {
  assert.equal(unindented('    def a():\r\n\n        pass\n'), 'def a():\n\n    pass\n');
  assert.equal(unindented('\tif x {\n    }'), '\tif x {\n    }');
  assert.equal(unindented(''), '');
});

test('a line of the results view is compared with what it is like, a menu in an editor names no pair', () => {
  const { target } = similar();
  const node = { kind: 'hit', hit: hit(), rank: 1, like: target };

  assert.deepEqual(pairOf(node), { hit: hit(), like: target });
  assert.equal(pairOf({ ...node, like: undefined }), undefined);
  assert.equal(pairOf({ kind: 'file', hits: [hit()] }), undefined);
  assert.equal(pairOf({ scheme: 'file', path: '/w/a.py' }), undefined);
  assert.equal(pairOf(undefined), undefined);
});
