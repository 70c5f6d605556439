import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lastLine, meaningOf, toldExit, toldFailure } from '../../src/server/outcomes';
import { english } from '../english';

test('answers that are no longer wanted are told from refusals', () => {
  assert.deepEqual([-32800, -32801, -32802].map(meaningOf), ['notWanted', 'notWanted', 'notWanted']);
  assert.deepEqual([-32097, -32096].map(meaningOf), ['connectionLost', 'connectionLost']);
  assert.deepEqual([-32803, -32602, -32603].map(meaningOf), ['refused', 'refused', 'refused']);
});

test('an end is told by its code or its signal', () => {
  assert.equal(toldExit({ kind: 'code', code: 3 }, english), 'exit code 3');
  assert.equal(toldExit({ kind: 'signal', signal: 'SIGKILL' }, english), 'signal SIGKILL');
});

test('a program that is not there is named', () => {
  const exit = { kind: 'notStarted', code: 'ENOENT' } as const;

  assert.equal(toldFailure(exit, 'whence', '', english), 'The program whence was not found');
});

test('a server that ends again and again is told with its last words', () => {
  const exit = { kind: 'code', code: 1 } as const;

  assert.equal(
    toldFailure(exit, 'python', 'No module named whence', english),
    'The language server ended again and again (exit code 1): No module named whence',
  );
  assert.equal(toldFailure(exit, 'python', '', english), 'The language server ended again and again (exit code 1)');
});

test('the last line is the last that says something', () => {
  assert.equal(lastLine('Traceback:\n  in f\nKeyError: 1\r\n\n'), 'KeyError: 1');
  assert.equal(lastLine('\n'), '');
});
