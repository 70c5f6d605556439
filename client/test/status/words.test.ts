import assert from 'node:assert/strict';
import { test } from 'node:test';

import { escapedMarkdown, toldFiles, toldLeft, toldSize, toldSlowed } from '../../src/status/words';
import { english } from '../english';

test('time left is told as roughly as it is known', () => {
  assert.deepEqual(
    [20, 70, 130, 900, 3590, 6000, 7300].map((seconds) => toldLeft(seconds, english)),
    [
      'less than a minute left',
      'about a minute left',
      'about 2 minutes left',
      'about 15 minutes left',
      'about an hour left',
      'about 2 hours left',
      'about 2 hours left',
    ],
  );
});

test('sizes have a unit that fits', () => {
  assert.deepEqual([0, 999, 1000, 2_400_000, 45_600_000, 1.2e9, 3e15].map(toldSize), [
    '0 B',
    '999 B',
    '1.0 kB',
    '2.4 MB',
    '46 MB',
    '1.2 GB',
    '3000 TB',
  ]);
});

test('one is told apart from many', () => {
  assert.deepEqual([toldFiles(1, english), toldFiles(1200, english)], ['1 file', '1,200 files']);
});

test('a reason for slowness that is new is told as the server says it', () => {
  assert.equal(toldSlowed('the disk is full of moths', english), 'slower: the disk is full of moths');
});

test('names show as they are in Markdown', () => {
  assert.equal(escapedMarkdown('my_[web]$(x)'), 'my\\_\\[web\\]\\$\\(x\\)');
});
