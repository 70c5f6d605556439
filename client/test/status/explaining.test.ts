import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ExplainFileAnswer } from '../../src/protocol';
import { explanationOf } from '../../src/status/explaining';
import { english } from '../english';

const INDEXED: ExplainFileAnswer = {
  uri: 'file:///w/shop/tokens.py',
  path: 'tokens.py',
  folder: 'file:///w/shop',
  indexed: true,
  reason: 'python, utf-8, 447 bytes',
  chunks: [
    {
      range: { start: { line: 0, character: 0 }, end: { line: 5, character: 2 } },
      symbol: 'validate',
      kind: 'function',
    },
    { range: { start: { line: 7, character: 0 }, end: { line: 7, character: 9 } }, symbol: '', kind: 'text' },
  ],
};

test('an indexed file shows its chunks with their lines', () => {
  const { title, pieces } = explanationOf(INDEXED, english);

  assert.equal(title, 'tokens.py is indexed: python, utf-8, 447 bytes, 2 chunks');
  assert.deepEqual(
    pieces.map(({ label, description }) => `${label} | ${description}`),
    ['validate | function · lines 1 to 6', '(text) | line 8'],
  );
});

test('a file that is left out shows the reason alone', () => {
  const left = { ...INDEXED, indexed: false, reason: 'ignored by .gitignore line 3', chunks: [] };

  assert.deepEqual(explanationOf(left, english), {
    title: 'tokens.py is not indexed: ignored by .gitignore line 3',
    pieces: [],
  });
});
