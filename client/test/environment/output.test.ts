import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  advanceOf,
  causeOf,
  failedCheck,
  packagesIn,
  tellingLine,
  withoutPasswords,
} from '../../src/environment/output';

test("pip's and uv's lines tell how far they are", () => {
  assert.deepEqual(advanceOf('Collecting attrs==26.1.0 (from -r runtime.txt (line 7))'), {
    kind: 'collecting',
    name: 'attrs',
  });
  assert.deepEqual(advanceOf('  Downloading lancedb-0.40.0-cp310-abi3.whl (51.2 MB)'), {
    kind: 'downloading',
    what: 'lancedb-0.40.0-cp310-abi3.whl (51.2 MB)',
  });
  assert.deepEqual(advanceOf('Prepared 61 packages in 4.21s'), { kind: 'unpacking' });
  assert.deepEqual(advanceOf('Installed 61 packages in 210ms'), { kind: 'compiling' });
  assert.equal(advanceOf('Using cached attrs-26.1.0-py3-none-any.whl'), undefined);
});

test('the packages of a lock are counted, not their hashes', () => {
  assert.equal(packagesIn("attrs==26.1.0 \\\n    --hash=sha256:aa\ncolorama==0.4.6 ; sys_platform == 'win32' \\\n"), 2);
});

test('causes that a person can do something about are told apart', () => {
  const said: Readonly<Record<string, string>> = {
    "[Errno 28] No space left on device: '/x'": 'disk',
    'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.': 'hashes',
    'Hash mismatch for `attrs==26.1.0`': 'hashes',
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))": 'certificate',
    'NewConnectionError: Failed to establish a new connection: [Errno -2] Name or service not known': 'network',
    'error: Failed to fetch: `https://x.test/simple/attrs/`': 'network',
    'ERROR: No matching distribution found for lancedb==0.40.0': 'noBuild',
    'Segmentation fault': 'other',
  };

  for (const [line, cause] of Object.entries(said)) assert.equal(causeOf(line), cause, line);
});

test('pip speaks of no matching distribution when the network fails, too; the network is told', () => {
  const output = 'Retrying … NewConnectionError\nERROR: No matching distribution found for attrs==26.1.0';

  assert.equal(causeOf(output), 'network');
});

test('the last line that calls itself an error tells most', () => {
  assert.equal(tellingLine('ERROR: first\nERROR: second\n[notice] a new pip\n'), 'ERROR: second');
  assert.equal(
    tellingLine('error: Failed to download `a==1`\n  cause: Hash mismatch\n\n  Expected:'),
    'cause: Hash mismatch',
  );
  assert.equal(tellingLine('nothing special\n\n'), 'nothing special');
  assert.equal(tellingLine(''), '');
});

test('names and passwords in addresses are not told', () => {
  assert.equal(
    withoutPasswords('> pip --index-url https://eve:s3@m.test/simple'),
    '> pip --index-url https://***@m.test/simple',
  );
});

test('a check that fails of what was installed is told, a folder or git of the person is not', () => {
  const said = (name: string): string => JSON.stringify([{ name, ok: false, detail: 'broken', advice: '' }]);

  assert.equal(failedCheck(`a warning\n${said('lancedb')}\n`), 'lancedb: broken');
  assert.equal(failedCheck(said('git')), undefined);
  assert.equal(failedCheck('[]'), undefined);
});

test('a check that says something else has failed with it', () => {
  assert.equal(
    failedCheck("Traceback …\nModuleNotFoundError: No module named 'attrs'"),
    "ModuleNotFoundError: No module named 'attrs'",
  );
  assert.equal(failedCheck(''), 'it ended without a word');
});
