// The stories in a real workbench: `node client/e2e/run.mjs [--pictures] [NAME…]`; `make e2e` gets what is needed first.
// Packages the extension and the probe, bundles client/e2e/stories, and runs them one file after the other with Node's own runner.
import * as esbuild from 'esbuild';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const e2e = fileURLToPath(new URL('.', import.meta.url));
const repository = join(e2e, '..', '..');
const out = join(repository, 'build', 'e2e');
const words = process.argv.slice(2);
const folder = words.includes('--pictures') ? 'pictures' : 'stories';
const wanted = words.filter((word) => !word.startsWith('--'));

const entryPoints = readdirSync(join(e2e, folder), { encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .map((name) => join(e2e, folder, name));
if (entryPoints.length === 0) {
  console.error(`no file in client/e2e/${folder} is named like ${wanted.join(', ')}`);
  process.exit(2);
}

const run = (program, args, cwd = repository) => {
  const done = spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } });
  if (done.status === 0) return;
  console.error(`${program} ${args.join(' ')}\n${done.stdout}${done.stderr}`);
  process.exit(1);
};

for (const name of ['bundle', 'failures', 'screenshots']) rmSync(join(out, name), { recursive: true, force: true });
mkdirSync(out, { recursive: true });

let vsix = process.env.WHENCE_VSIX;
if (vsix === undefined) {
  run(process.execPath, [join(repository, 'client', 'scripts', 'vsix.mjs')]);
  const { name, version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  vsix = join(repository, 'dist', `${name}-${version}.vsix`);
}
const probe = join(out, 'probe.vsix');
const vsce = join(repository, 'node_modules', '@vscode', 'vsce', 'vsce');
const asItIs = ['--no-dependencies', '--skip-license', '--allow-missing-repository'];
run(process.execPath, [vsce, 'package', ...asItIs, '-o', probe], join(e2e, 'probe'));

const bundle = join(out, 'bundle');
await esbuild.build({
  absWorkingDir: repository,
  entryPoints,
  outdir: bundle,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});

const files = readdirSync(bundle).map((name) => relative(repository, join(bundle, name)));
// Whatever a run starts bears its mark in its environment, and keeps its files in its folder: both are cleared however it ends.
const temporary = mkdtempSync(join(tmpdir(), 'whence-stories-'));
const mark = `E2E_RUN=${temporary}`;
const clear = () => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself, or is another user's.
    }
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
};
const tests = spawn(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-concurrency=1', '--test-reporter=spec', ...files],
  {
    cwd: repository,
    stdio: 'inherit',
    env: {
      ...process.env,
      WHENCE_REPOSITORY: repository,
      WHENCE_VSIX: `${vsix}:${probe}`,
      TMPDIR: temporary,
      E2E_RUN: temporary,
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    clear();
    process.exit(1);
  });
tests.on('exit', (code) => {
  clear();
  process.exit(code ?? 1);
});
