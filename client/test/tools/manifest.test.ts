import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { searchInput, similarInput } from '../../src/tools/input';

interface Tool {
  readonly name: string;
  readonly inputSchema: {
    readonly properties: Readonly<Record<string, { readonly maximum?: number; readonly default?: number }>>;
    readonly required: readonly string[];
  };
}

const CHECKS: Readonly<Record<string, (input: unknown) => unknown>> = {
  whence_search: searchInput,
  whence_similar: similarInput,
};
const SAMPLES: Readonly<Record<string, object>> = {
  whence_search: { query: 'x' },
  whence_similar: { path: 'a.py', line: 1 },
};

function manifest(folder: string): string {
  const path = join(folder, 'package.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : manifest(dirname(folder));
}

const { contributes } = JSON.parse(manifest(__dirname)) as {
  readonly contributes: { readonly languageModelTools: readonly Tool[] };
};

test('the manifest tells of the tools there are', () => {
  assert.deepEqual(
    contributes.languageModelTools.map(({ name }) => name),
    Object.keys(CHECKS),
  );
});

for (const { name, inputSchema } of contributes.languageModelTools) {
  const check = CHECKS[name] ?? assert.fail(name);
  const sample = SAMPLES[name] ?? assert.fail(name);

  test(`what the manifest says ${name} takes is what it takes`, () => {
    const fields = Object.keys(inputSchema.properties).join(', ');

    assert.throws(() => check({ ...sample, other: 1 }), { message: `unknown field "other"; known are ${fields}` });
    assert.deepEqual(Object.keys(sample), inputSchema.required);
    const { maximum = 0 } = inputSchema.properties['limit'] ?? {};
    assert.doesNotThrow(() => check({ ...sample, limit: maximum }));
    assert.throws(() => check({ ...sample, limit: maximum + 1 }), /^InputRefused: limit: /);
  });
}
