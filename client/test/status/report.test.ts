import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Circumstances, reportOf } from '../../src/status/report';
import { answer, folder } from './answers';

const KNOWN: Circumstances = {
  extension: '0.1.0',
  editor: 'Visual Studio Code 1.100.3',
  remote: undefined,
  system: 'linux 6.1 x64',
  node: '20.20.0',
  python: '3.11.2',
  hasOwnCommand: false,
  state: { kind: 'running' },
  status: answer(folder()),
  changedSettings: [],
  lastCrash: undefined,
};

test('a report names versions and states', () => {
  const report = reportOf({
    ...KNOWN,
    remote: 'wsl',
    lastCrash: 'exit code 3',
    changedSettings: ['whence.index.threads', 'whence.hover.enabled'],
    status: answer(folder({ activity: 'embedding', done: 4, total: 9, slowed: 'on battery' })),
  });

  for (const row of [
    '| Whence | 0.1.0 |',
    '| Server | 0.1.0 |',
    '| Model | tiny |',
    '| Editor | Visual Studio Code 1.100.3, remote: wsl |',
    '| Python | 3.11.2 |',
    '| System | linux 6.1 x64 |',
    '| State | running |',
    '| Last crash | exit code 3 |',
    '| Changed settings | whence.index.threads, whence.hover.enabled |',
    '| 1 | usable | embedding 4/9, slowed | 120 | 1900 | 1900 | 2400000 |',
  ])
    assert.ok(report.includes(`\n${row}\n`), row);
});

test('a report holds nothing of the person', () => {
  const secret = '/home/ann/secret';
  const report = reportOf({
    ...KNOWN,
    remote: 'secret.example:8443',
    state: { kind: 'failed', reason: `The program ${secret} was not found` },
    status: answer(
      folder({
        uri: `file://${secret}`,
        path: secret,
        detail: secret,
        error: secret,
        indexDir: secret,
        activity: 'failed',
      }),
    ),
  });

  assert.doesNotMatch(report, /ann|secret/);
});

test('a report without a server says what is not known', () => {
  const report = reportOf({ ...KNOWN, status: undefined, python: undefined, state: { kind: 'starting' } });

  assert.match(report, /\| Server \| unknown \|/);
  assert.match(report, /\| Python \| unknown \|/);
  assert.match(report, /None is known to the server\./);
});
