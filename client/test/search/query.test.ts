import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseQuery, patternOf, within, wordsOf } from '../../src/search/query';
import { english } from '../english';

const parsed = (query: string): ReturnType<typeof parseQuery> => parseQuery(query, english);

test('a plain question has no filters', () => {
  assert.deepEqual(parsed('where are sessions  expired'), {
    text: 'where are sessions expired',
    languages: [],
    kinds: [],
    paths: [],
    changed: undefined,
    problems: [],
  });
});

test('filters stand anywhere among the words, in any case and by their short names', () => {
  const query = parsed('lang:Go where path:src/** are kind:Method sessions l:python changed:main expired');

  assert.equal(query.text, 'where are sessions expired');
  assert.deepEqual(query.languages, ['go', 'python']);
  assert.deepEqual(query.kinds, ['method']);
  assert.deepEqual(query.paths, ['src/**']);
  assert.equal(query.changed, 'main');
});

test('paths can be taken out, from everything where none is named', () => {
  assert.deepEqual(parsed('x path:src -path:src/gen').paths, ['src', '!src/gen']);
  assert.deepEqual(parsed('x -path:tests !path:docs').paths, ['**', '!tests', '!docs']);
});

test('quotes hold a value with spaces together', () => {
  const query = parsed('x path:"my folder/**" "exact words"');

  assert.deepEqual(query.paths, ['my folder/**']);
  assert.equal(query.text, 'x "exact words"');
  assert.deepEqual(parsed('path:"my fol').paths, ['my fol']);
});

test('names nobody knows are said to be, and the question is asked without them', () => {
  const query = parsed('sessions lang:klingon kind:thing -lang:go');

  assert.equal(query.text, 'sessions');
  assert.deepEqual(query.problems, [
    'No language is called "klingon"',
    'No kind of code is called "thing"',
    'Only path: can be turned round with a minus, not lang:',
  ]);
});

test('a filter without a value is still being typed', () => {
  assert.deepEqual(parsed('sessions lang:').problems, []);
  assert.equal(parsed('sessions lang:').text, 'sessions');
});

test('a word with a colon that is no filter belongs to the question', () => {
  assert.equal(parsed('std::vector http://x a:b').text, 'std::vector http://x a:b');
});

test('words know where they stand', () => {
  assert.deepEqual(
    wordsOf('ab  lang:g').map(({ start, end }) => [start, end]),
    [
      [0, 2],
      [4, 10],
    ],
  );
});

test('patterns of a search below a folder fit only there', () => {
  assert.equal(within('', '*.py'), '*.py');
  assert.equal(within('src/auth', '*.py'), '/src/auth/**/*.py');
  assert.equal(within('src', '/gen/**'), '/src/gen/**');
  assert.equal(within('src', '!gen/x.py'), '!/src/gen/x.py');
});

test('signs that mean something in a pattern stand for themselves', () => {
  assert.equal(patternOf('a*b?c[d]!#\\ '), '/a\\*b\\?c\\[d\\]\\!\\#\\\\\\ ');
  assert.equal(within('app/[id]', 'page.tsx'), '/app/\\[id\\]/**/page.tsx');
});
