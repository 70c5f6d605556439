import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InputRefused, searchInput, similarInput } from '../../src/tools/input';

function refusal(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof InputRefused);
    assert.ok(!error.message.includes('\n'));
    return error.message;
  }
  return 'taken';
}

test('a question alone is enough', () => {
  assert.deepEqual(searchInput({ query: ' where are sessions expired ' }), {
    params: { query: 'where are sessions expired', limit: 10, paths: [], languages: [], kinds: [] },
    folder: undefined,
  });
});

test('names are known in any case, a single one needs no list, and null is left out', () => {
  const { params, folder } = searchInput({
    query: 'x',
    languages: 'Go',
    kinds: ['Class'],
    paths: null,
    folder: 'shop',
  });

  assert.deepEqual(params.languages, ['go']);
  assert.deepEqual(params.kinds, ['class']);
  assert.deepEqual(params.paths, []);
  assert.equal(folder, 'shop');
});

test('what does not fit is said in one line that names the field', () => {
  assert.match(
    refusal(() => searchInput('x')),
    /^expected an object with query, .*, got "x"$/,
  );
  assert.match(
    refusal(() => searchInput({ query: 'x', lang: 'go' })),
    /^unknown field "lang"; known are query, limit, paths, languages, kinds, folder$/,
  );
  assert.equal(
    refusal(() => searchInput({})),
    'query: expected a text, but it is missing',
  );
  assert.equal(
    refusal(() => searchInput({ query: '  ' })),
    'query: expected a question in plain words, but it is empty',
  );
  assert.equal(
    refusal(() => searchInput({ query: 5 })),
    'query: expected a text, got 5',
  );
  assert.equal(
    refusal(() => searchInput({ query: 'x', limit: 31 })),
    'limit: expected an integer from 1 to 30, got 31',
  );
  assert.match(
    refusal(() => searchInput({ query: 'x', languages: ['klingon'] })),
    /^languages: "klingon" is unknown; known are .*python/,
  );
  assert.match(
    refusal(() => searchInput({ query: 'x', kinds: ['thing'] })),
    /^kinds: "thing" is unknown; known are function, /,
  );
  assert.match(
    refusal(() => searchInput({ query: 'x', paths: [''] })),
    /^paths: expected texts of 1 to 300 characters, got ""$/,
  );
});

test('large inputs are refused without being repeated', () => {
  assert.equal(
    refusal(() => searchInput({ query: 'x'.repeat(1_001) })),
    'query: expected at most 1000 characters, got 1001',
  );
  assert.match(
    refusal(() => searchInput({ query: 'x', paths: Array(21).fill('a') })),
    /^paths: expected at most 20 texts, got 21$/,
  );
  assert.ok(refusal(() => searchInput({ query: 'x', limit: 'y'.repeat(9_999) })).length < 150);
});

test('similar code needs a file and a line', () => {
  assert.deepEqual(similarInput({ path: 'net/retry.py', line: 6 }), {
    path: 'net/retry.py',
    line: 6,
    endLine: undefined,
    limit: 10,
  });
  assert.match(
    refusal(() => similarInput({ path: 'a.py' })),
    /^line: .* missing$/,
  );
  assert.match(
    refusal(() => similarInput({ path: 'a.py', line: 0 })),
    /^line: expected an integer from 1/,
  );
  assert.equal(
    refusal(() => similarInput({ path: 'a.py', line: 6, endLine: 5 })),
    'endLine: expected a line not before line 6, got 5',
  );
  assert.match(
    refusal(() => similarInput({ path: ' ', line: 1 })),
    /^path: /,
  );
});
