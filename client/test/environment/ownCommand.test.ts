import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readAnswer, serveArgs, versionArgs } from '../../src/environment/ownCommand';

test('the version is asked with what comes before serve', () => {
  assert.deepEqual(versionArgs(['-m', 'whence', 'serve', '--quiet']), ['-m', 'whence', '--version']);
  assert.deepEqual(versionArgs([]), ['--version']);
});

test('whence alone is told to serve; another program gets its own words only', () => {
  assert.deepEqual(serveArgs('/usr/bin/whence', []), ['serve']);
  assert.deepEqual(serveArgs('C:\\bin\\Whence.EXE', []), ['serve']);
  assert.deepEqual(serveArgs('/home/eve/start-whence.sh', []), []);
  assert.deepEqual(serveArgs('whence', ['serve', '-v']), ['serve', '-v']);
});

test('an answer of whence has its version', () => {
  assert.deepEqual(readAnswer({ kind: 'exited', code: 0, output: 'whence 0.1.0\n' }), {
    kind: 'whence',
    version: '0.1.0',
  });
});

test('what else may come is a fault of its kind', () => {
  const faults = [
    readAnswer({ kind: 'notStarted', reason: 'spawn ENOENT' }),
    readAnswer({ kind: 'late', output: '' }),
    readAnswer({ kind: 'killed', by: 'SIGSEGV', output: '' }),
    readAnswer({ kind: 'exited', code: 2, output: 'usage: x\nx: error: unknown option\n' }),
    readAnswer({ kind: 'exited', code: 0, output: 'Python 3.12.1\n' }),
  ].map((answer) => (answer.kind === 'fault' ? answer.fault : undefined));

  assert.deepEqual(faults, [
    { kind: 'notStarted', detail: 'spawn ENOENT' },
    { kind: 'late' },
    { kind: 'failed', detail: 'SIGSEGV' },
    { kind: 'failed', detail: 'x: error: unknown option' },
    { kind: 'notWhence', detail: 'Python 3.12.1' },
  ]);
});
