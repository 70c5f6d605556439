// Bundle the extension into client/dist: `node client/scripts/build.mjs [--watch]`.
import * as esbuild from 'esbuild';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('..', import.meta.url));

const options = {
  absWorkingDir: client,
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  minify: !process.argv.includes('--watch'),
  sourcemap: process.argv.includes('--watch'),
  logLevel: 'warning',
  metafile: true,
  // Node's own entry of a package before its browser one; vscode-languageclient needs it.
  mainFields: ['module', 'main'],
  conditions: ['node', 'import'],
};

if (process.argv.includes('--watch')) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  const done = await esbuild.build(options);
  // What went in, for the licences that go along in a package.
  writeFileSync(join(client, 'dist', 'meta.json'), JSON.stringify(done.metafile));
  if (done.warnings.length > 0) process.exitCode = 1;
}
