import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Hit } from '../../src/protocol';
import { resultsAsMarkdown } from '../../src/results/markdown';
import { type Question, reasonsAsMarkdown, type Results, ResultsModel, toldResults } from '../../src/results/model';
import { english } from '../english';

const hitAt = (path: string, line: number, over: Partial<Hit> = {}): Hit => ({
  uri: `file:///w/${path}`,
  range: { start: { line, character: 0 }, end: { line: line + 2, character: 1 } },
  path,
  folder: 'file:///w',
  symbol: `f${line}`,
  kind: 'function',
  language: 'python',
  score: 1,
  reasons: [
    { kind: 'meaning', text: 'means something like it (0.61)', score: 0.4 },
    { kind: 'file-role', text: 'but a test | of it', score: -0.1 },
  ],
  snippet: `def f${line}():\n    pass`,
  copies: [],
  ...over,
});
const first = hitAt('b.py', 20);
const second = hitAt('a.py', 5);
const third = hitAt('b.py', 3);
const question: Question = { kind: 'search', params: { query: 'q' } };
const results: Results = { query: 'q', question, hits: [first, second, third], completeness: '' };

function shown(): ResultsModel {
  const model = new ResultsModel();
  model.show(results);
  return model;
}

test('grouped, files come in the order of their best hit, and hits in the order of lines', () => {
  const model = shown();

  const roots = model.roots;
  assert.deepEqual(
    roots.map((node) => node.kind === 'file' && node.path),
    ['b.py', 'a.py'],
  );
  const [file] = roots;
  assert.ok(file);
  assert.deepEqual(
    model.childrenOf(file).map((node) => node.kind === 'hit' && [node.hit.symbol, node.rank]),
    [
      ['f3', 3],
      ['f20', 1],
    ],
  );
});

test('flat, hits come by rank', () => {
  const model = shown();
  model.isGrouped = false;

  assert.deepEqual(
    model.roots.map((node) => node.kind === 'hit' && node.rank),
    [1, 2, 3],
  );
});

test('what is dismissed is gone, a file with all its hits, until results are shown anew', () => {
  const model = shown();
  const [file] = model.roots;
  assert.ok(file);

  model.dismiss(file);
  assert.deepEqual(model.hits, [second]);

  model.show(results);
  assert.equal(model.hits.length, 3);
});

test('places that are like one know what they are like', () => {
  const { uri, range, symbol, kind, language } = second;
  const target = { uri, range, symbol, kind, language };
  const model = new ResultsModel();
  model.isGrouped = false;

  model.show({ ...results, question: { kind: 'similar', params: { textDocument: { uri } }, target } });
  assert.deepEqual(
    model.roots.map((node) => node.kind === 'hit' && node.like),
    [target, target, target],
  );
  model.show(results);
  assert.ok(model.roots.every((node) => node.kind === 'hit' && node.like === undefined));
});

test('without results there is nothing', () => {
  assert.deepEqual(new ResultsModel().roots, []);
});

test('above the results stand the question, how many there are, and what may be missing', () => {
  assert.equal(toldResults(results, 3, english), 'q · 3 places');
  assert.equal(toldResults({ ...results, completeness: 'not indexed' }, 1, english), 'q · 1 place · not indexed');
});

test('reasons are a table with bars that does not break at what they say', () => {
  const table = reasonsAsMarkdown({ ...first, copies: ['c.py:1'] }, english).split('\n');

  assert.equal(table[2], '| meaning | `▇▇▇▇▇▇▇▇` | means something like it (0.61) |');
  assert.equal(table[3], '| file | `▁▁      ` | but a test \\| of it |');
  assert.equal(table.at(-1), 'The same text: c.py:1');
});

test('as Markdown every place has its lines, its name and its code, whatever ticks that holds', () => {
  const text = resultsAsMarkdown('where', [hitAt('x.md', 0, { snippet: '````\ncode\n````', language: 'markdown' })]);

  assert.match(text, /^## where\n/);
  assert.match(text, /- \*\*x\.md:1-3\*\* `f0`/);
  assert.match(text, /\n {2}`````markdown\n/);
});
