import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const REPOSITORY = repository(__dirname);

function repository(folder: string): string {
  return existsSync(join(folder, 'package.nls.json')) ? folder : repository(dirname(folder));
}

function read(name: string): string {
  return readFileSync(join(REPOSITORY, name), 'utf8');
}

test('the bundle for translators is current', () => {
  const check = spawnSync(process.execPath, [join(REPOSITORY, 'client', 'scripts', 'l10n.mjs'), '--check'], {
    encoding: 'utf8',
  });

  assert.equal(check.stderr, '');
});

test("every text of the manifest is there, and none that isn't used", () => {
  const used = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
  const known = Object.keys(JSON.parse(read('package.nls.json')) as object);

  assert.deepEqual([...used].sort(), known.sort());
});

test('pictures of the walkthrough are there', () => {
  const pictures = [...read('package.json').matchAll(/"svg": "([^"]+)"/g)].flatMap(([, path]) => path ?? []);

  assert.equal(pictures.length, 4);
  for (const picture of pictures) assert.ok(existsSync(join(REPOSITORY, picture)), picture);
});
