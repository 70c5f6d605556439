import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suggestionsFor } from '../../src/search/completion';
import { english } from '../english';

const known = { folders: ['src', 'src/auth', 'my docs'], branches: ['main', 'release/1.0'] };
const labels = (query: string): string[] => suggestionsFor(query, known, english).map(({ label }) => label);

test('two letters of a filter offer its name', () => {
  assert.deepEqual(labels('sessions la'), ['lang:']);
  assert.deepEqual(labels('sessions l'), []);
  assert.deepEqual(labels('sessions'), []);
});

test('a filter offers its values, those that begin as typed first', () => {
  assert.equal(labels('x lang:py')[0], 'lang:python');
  assert.deepEqual(labels('x kind:te'), ['kind:test', 'kind:text', 'kind:interface']);
  assert.equal(labels('x lang:').length, 6);
  assert.equal(labels('x lang:script')[0], 'lang:javascript');
});

test('folders and branches of the workspace are offered', () => {
  assert.deepEqual(labels('x path:src'), ['path:src/auth/**']);
  assert.deepEqual(labels('x -path:my'), ['-path:"my docs/**"']);
  assert.deepEqual(labels('x changed:rel'), ['changed:release/1.0']);
});

test('taking one puts it in the place of the last word, and goes on after it', () => {
  assert.equal(suggestionsFor('where x lang:py', known, english)[0]?.query, 'where x lang:python ');
  assert.equal(suggestionsFor('where la', known, english)[0]?.query, 'where lang:');
});

test('nothing is offered after a blank, or for a value that is whole', () => {
  assert.deepEqual(labels('sessions lang:go '), []);
  assert.deepEqual(labels('sessions lang:python'), []);
});
