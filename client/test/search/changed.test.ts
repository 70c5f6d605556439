import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { branches, changedPatterns, ChangesUnknown } from '../../src/search/changed';
import { english } from '../english';

let folder = '';
const never = new AbortController().signal;
const git = (...args: string[]): void => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
};
const write = (path: string, text: string): void => {
  writeFileSync(join(folder, path), text);
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'whence-changed-'));
  mkdirSync(join(folder, 'src'));
  git('init', '-q', '-b', 'main');
  for (const name of ['same', 'committed', 'edited', 'gone']) write(`src/${name}.py`, 'x = 1\n');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('checkout', '-qb', 'topic');
  write('src/committed.py', 'x = 2\n');
  git('commit', '-qam', 'second');
  write('src/edited.py', 'x = 3\n');
  write('src/new [1].py', 'x = 4\n');
  rmSync(join(folder, 'src/gone.py'));
});

after(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('what was committed, edited or made since a branch parted is told', async () => {
  const patterns = await changedPatterns(folder, 'main', [], never, english);

  assert.deepEqual([...patterns].sort(), ['/src/committed.py', '/src/edited.py', '/src/new \\[1\\].py']);
});

test('paths are relative to the folder that is open, which may lie in the repository', async () => {
  const patterns = await changedPatterns(join(folder, 'src'), 'main', [], never, english);

  assert.ok(patterns.includes('/committed.py'));
});

test('patterns limit it', async () => {
  assert.deepEqual(await changedPatterns(folder, 'main', ['edited.*'], never, english), ['/src/edited.py']);
  assert.deepEqual(await changedPatterns(folder, 'main', ['/docs/**'], never, english), []);
  assert.equal((await changedPatterns(folder, 'main', ['src'], never, english)).length, 3);
});

test('an unknown branch, and one that looks like an option, is one line', async () => {
  await assert.rejects(changedPatterns(folder, 'nowhere', [], never, english), ChangesUnknown);
  await assert.rejects(changedPatterns(folder, '--output=x', [], never, english), /No branch or commit/);
});

test('branches are listed', async () => {
  assert.deepEqual([...(await branches(folder))].sort(), ['main', 'topic']);
});

test('asking writes nothing, not even what git remembers of files', async () => {
  const index = join(folder, '.git', 'index');
  const before = readFileSync(index);
  utimesSync(join(folder, 'src/same.py'), 1, 1); // git would look at it again and remember that

  await changedPatterns(folder, 'main', [], never, english);

  assert.deepEqual(readFileSync(index), before);
});

test('a program that a folder tells git to watch it with is not started', async () => {
  git('config', 'core.fsmonitor', `touch "${join(folder, 'started')}" #`);

  const patterns = await changedPatterns(folder, 'main', [], never, english);

  assert.ok(!patterns.includes('/started'));
  assert.ok(!existsSync(join(folder, 'started')));
});
