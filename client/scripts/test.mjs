// Bundle client/test/**/*.test.ts and run them with Node's own runner: `node client/scripts/test.mjs [NAME…]`.
// Modules under test must not import `vscode`; what does is proven in the real workbench.
import * as esbuild from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('..', import.meta.url));
const out = join(client, 'dist', `test-${process.pid}`); // of this run alone: two may go on at once
const wanted = process.argv.slice(2);

const entryPoints = readdirSync(join(client, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => wanted.length === 0 || wanted.some((name) => path.includes(name)))
  .map((path) => join('test', path));
if (entryPoints.length === 0) {
  console.error(`no test file in client/test is named like ${wanted.join(', ')}`);
  process.exit(2);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await esbuild.build({
  absWorkingDir: client,
  entryPoints,
  outdir: out,
  outbase: 'test',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  sourcemap: 'inline',
  logLevel: 'warning',
});
const files = readdirSync(out, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.cjs'))
  .map((path) => relative(process.cwd(), join(out, path)));
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' });
rmSync(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
