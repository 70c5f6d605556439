import assert from 'node:assert/strict';
import { test } from 'node:test';

import { programNames, readProbe, type Refusal, refusal, searchFolders } from '../../src/environment/interpreter';
import { PYTHON } from './samples';

test('an ordinary Python will do', () => {
  assert.equal(refusal(PYTHON, true), undefined);
});

test('every version from 3.10 to 3.14 will do, those around them will not', () => {
  const kinds = ['3.9.18', '3.10.0', '3.14.2', '3.15.0', '2.7.18', '4.12.0'].map(
    (version) => refusal({ ...PYTHON, version }, true)?.kind,
  );

  assert.deepEqual(kinds, ['version', undefined, undefined, 'version', 'version', 'version']);
});

const refused: readonly (readonly [Partial<typeof PYTHON>, Refusal])[] = [
  [{ implementation: 'pypy' }, { kind: 'implementation', implementation: 'pypy' }],
  [{ freeThreaded: true }, { kind: 'freeThreaded' }],
  [{ bits: 32 }, { kind: 'bits' }],
  [{ musl: true }, { kind: 'musl' }],
  [{ platform: 'win-arm64' }, { kind: 'platform', platform: 'win-arm64' }],
  [{ platform: 'macosx-x86_64' }, { kind: 'platform', platform: 'macosx-x86_64' }],
  [{ hasVenv: false }, { kind: 'noVenv' }],
];
for (const [change, why] of refused) {
  test(`a Python with ${JSON.stringify(change)} will not do`, () => {
    assert.deepEqual(refusal({ ...PYTHON, ...change }, true), why);
  });
}

test('with uv a Python needs no venv of its own', () => {
  assert.equal(refusal({ ...PYTHON, hasVenv: false }, false), undefined);
});

test('an answer is found among what else is printed at start-up', () => {
  assert.deepEqual(readProbe(`a warning\n{ not json\n{"other": 1}\n${JSON.stringify(PYTHON)}\r\n`), PYTHON);
});

test('what is no answer is none', () => {
  assert.equal(readProbe('Python was not found; run without arguments to install'), undefined);
  assert.equal(readProbe(JSON.stringify({ ...PYTHON, bits: 'many' })), undefined);
});

test('newer Pythons are looked for first, and the launcher on Windows before them', () => {
  const names = programNames('linux').map((program) => program.command);

  assert.deepEqual(names, ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3', 'python']);
  assert.deepEqual(programNames('win32')[0], { command: 'py', args: ['-3'] });
});

test('programs are looked for on the PATH, then where installers put them, never in the current folder', () => {
  const folders = searchFolders('linux', { PATH: '/a:.::node_modules/.bin:/usr/bin' }, '/home/eve');

  assert.deepEqual(folders, [
    '/a',
    '/usr/bin',
    '/home/eve/.local/bin',
    '/home/eve/.cargo/bin',
    '/opt/homebrew/bin',
    '/usr/local/bin',
  ]);
});

test('on Windows the PATH has any spelling, quotes and semicolons', () => {
  const folders = searchFolders('win32', { Path: '"C:\\Program Files\\Python";.\\bin;D:\\uv' }, 'C:\\Users\\eve');

  assert.deepEqual(folders.slice(0, 2), ['C:\\Program Files\\Python', 'D:\\uv']);
  assert.ok(folders.includes('C:\\Users\\eve\\.local\\bin'));
});
