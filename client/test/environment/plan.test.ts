import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decide, isFitUv, pythonIn, readStamp, steps, toolVariables, type Wanted } from '../../src/environment/plan';
import { PLAN, PYTHON, STAMP, WANTED } from './samples';

test('an environment of the same lock, system and Python is kept', () => {
  assert.deepEqual(decide(STAMP, PYTHON, WANTED), { kind: 'keep' });
});

test('a new patch version of its Python, or an emptied setting, is no reason to rebuild', () => {
  assert.equal(decide(STAMP, { ...PYTHON, version: '3.12.9' }, WANTED).kind, 'keep');
  assert.equal(decide({ ...STAMP, chosen: '/opt/python' }, PYTHON, WANTED).kind, 'keep');
});

const others: readonly Partial<Wanted>[] = [{ lock: 'bb22' }, { platform: 'darwin-arm64' }, { chosen: '/opt/python' }];
for (const change of others) {
  test(`an environment is rebuilt when ${JSON.stringify(change)} is wanted`, () => {
    assert.equal(decide(STAMP, PYTHON, { ...WANTED, ...change }).kind, 'rebuild');
  });
}

test('an environment is rebuilt when it was never finished, its Python is gone, or became another', () => {
  assert.equal(decide(undefined, undefined, WANTED).kind, 'rebuild');
  assert.equal(decide(STAMP, undefined, WANTED).kind, 'rebuild');
  assert.equal(decide(STAMP, { ...PYTHON, version: '3.13.0' }, WANTED).kind, 'rebuild');
});

test('a stamp is read back as it was written; what is none, or of another format, is not', () => {
  assert.deepEqual(readStamp(JSON.stringify(STAMP)), STAMP);
  assert.equal(readStamp('{"format": 1'), undefined);
  assert.equal(readStamp(JSON.stringify({ ...STAMP, format: 2 })), undefined);
  assert.equal(readStamp(JSON.stringify({ ...STAMP, lock: 7 })), undefined);
});

test('with pip the interpreter makes the environment, whose own pip installs built packages by hash', () => {
  const [venv, install, check] = steps(PLAN).map((step) => [step.command, ...step.args].join(' '));

  assert.equal(venv, '/usr/bin/python3.12 -I -m venv /store/env-00000001');
  assert.equal(
    install,
    '/store/env-00000001/bin/python -I -m pip install --disable-pip-version-check --no-input --progress-bar off ' +
      '--require-hashes --only-binary :all: -r /extension/requirements/runtime.txt',
  );
  assert.equal(check, '/store/env-00000001/bin/python -c pass');
});

test('uv downloads no Python and compiles what it installs', () => {
  const [venv, install] = steps({ ...PLAN, tool: { kind: 'uv', path: '/bin/uv' } }).map((step) =>
    [step.command, ...step.args].join(' '),
  );

  assert.equal(
    venv,
    '/bin/uv venv --no-python-downloads --no-project --python /usr/bin/python3.12 /store/env-00000001',
  );
  assert.equal(
    install,
    '/bin/uv pip install --python /store/env-00000001/bin/python --compile-bytecode --require-hashes --only-binary :all: ' +
      '-r /extension/requirements/runtime.txt',
  );
});

test('a package index is named to the installer alone', () => {
  const named = steps({ ...PLAN, indexUrl: 'https://mirror.test/simple' }).map((step) =>
    step.args.includes('--index-url'),
  );

  assert.deepEqual(named, [false, true, false]);
});

test('the interpreter lies elsewhere on Windows', () => {
  assert.equal(pythonIn('C:\\store\\env', 'win32'), 'C:\\store\\env\\Scripts\\python.exe');
});

test('an old uv, and what is no uv, will not do', () => {
  assert.equal(isFitUv('uv 0.4.30 (61ed2a236 2024-11-04)'), false);
  assert.equal(isFitUv('uv 0.5.0'), true);
  assert.equal(isFitUv('warning: something\nuv 1.0.2'), true);
  assert.equal(isFitUv('pyenv: uv: command not found'), false);
});

test('variables that lead an installation elsewhere are left out', () => {
  const env = toolVariables(
    { HOME: '/home/eve', PYTHONPATH: '/x', Pip_Target: '/y', PIP_INDEX_URL: 'https://m.test' },
    '',
  );

  assert.deepEqual(Object.keys(env).sort(), ['HOME', 'NO_COLOR', 'PIP_INDEX_URL', 'PYTHONUNBUFFERED', 'PYTHONUTF8']);
});

test("the editor's proxy is used where the person's variables name none", () => {
  assert.equal(toolVariables({}, 'http://p.test:8080')['HTTPS_PROXY'], 'http://p.test:8080');
  assert.equal(toolVariables({ https_proxy: 'http://q.test' }, 'http://p.test:8080')['HTTPS_PROXY'], undefined);
});
