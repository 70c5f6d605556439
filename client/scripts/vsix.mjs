// Package the extension into dist/whence-<version>.vsix, and look at what came to lie in it.
//   node client/scripts/vsix.mjs           build, package, check
//   node client/scripts/vsix.mjs --check   check the file that is there, and list it
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const vsix = join(root, 'dist', `${manifest.name}-${manifest.version}.vsix`);

/** The models take 25 MB of it; more than this would mean that something got in by mistake. */
const MAX_MB = 40;

/** Every file of a package matches one of these. */
const EXPECTED = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|package\.nls(\.[\w-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/client\/dist\/(extension\.js|NOTICES\.txt)$/,
  /^extension\/client\/l10n\/[\w.-]+\.json$/,
  /^extension\/client\/media\/[\w/.-]+\.(md|png|svg)$/,
  /^extension\/models\/whence-(code|static)\/(model\.onnx|model\.toml|tokenizer\.json|CARD\.md)$/,
  /^extension\/requirements\/runtime\.txt$/,
  /^extension\/server\/whence\/([\w-]+\/)*([\w-]+\.(py|scm|toml)|py\.typed)$/,
];

/** No file of a package matches one of these, even if it is expected by its place. */
const UNWANTED = [
  /\.map$/,
  /__pycache__|\.pyc$/,
  /(^|\/)tests?\//,
  /(^|\/)(test_\w+|conftest)\.py$/,
  /fixture/,
  /(^|\/)\.(?!vsixmanifest)/,
];

/** Without these it would not work. */
const NEEDED = [
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/client/dist/extension.js',
  'extension/client/dist/NOTICES.txt',
  'extension/models/whence-code/model.onnx',
  'extension/models/whence-code/model.toml',
  'extension/models/whence-code/tokenizer.json',
  'extension/models/whence-static/model.onnx',
  'extension/models/whence-static/model.toml',
  'extension/models/whence-static/tokenizer.json',
  'extension/requirements/runtime.txt',
];

if (!process.argv.includes('--check')) build();
const faults = check(process.argv.includes('--check'));
for (const fault of faults) console.error(`vsix: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);

function build() {
  run(process.execPath, join(root, 'client', 'scripts', 'build.mjs'));
  writeFileSync(join(root, 'client', 'dist', 'NOTICES.txt'), notices());
  mkdirSync(join(root, 'dist'), { recursive: true });
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const options = ['--no-dependencies', '--no-rewrite-relative-links', '--readme-path', 'client/README.md'];
  run(process.execPath, vsce, 'package', ...options, '--out', vsix);
}

function run(command, ...args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** The licences of what is bundled: each asks for its text to go along. */
function notices() {
  const texts = bundledPackages().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} is bundled and has no licence file`);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `client/dist/extension.js holds code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Names of the packages that the bundle holds code of, by what the bundler noted. */
function bundledPackages() {
  const { inputs } = JSON.parse(readFileSync(join(root, 'client', 'dist', 'meta.json'), 'utf8'));
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

function check(isListed) {
  const archive = readFileSync(vsix);
  const entries = entriesOf(archive);
  const names = new Set(entries.map((entry) => entry.name));
  if (isListed) for (const { name, bytes } of entries) console.log(`${String(bytes).padStart(10)}  ${name}`);
  const megabytes = statSync(vsix).size / 1e6;
  console.log(`${vsix}: ${entries.length} files, ${megabytes.toFixed(1)} MB`);
  const found = [
    ...entries
      .filter(({ name }) => !EXPECTED.some((one) => one.test(name)))
      .map(({ name }) => `${name} is not expected`),
    ...entries.filter(({ name }) => UNWANTED.some((one) => one.test(name))).map(({ name }) => `${name} is not wanted`),
    ...[...NEEDED, ...namedFiles(manifest), ...serverFiles()]
      .filter((name) => !names.has(name))
      .map((name) => `${name} is missing`),
  ];
  if (megabytes > MAX_MB) found.push(`it is larger than ${MAX_MB} MB`);
  const bundle = entries.find(({ name }) => name.endsWith('/extension.js'));
  if (bundle !== undefined && textOf(archive, bundle).includes('sourceMappingURL='))
    found.push('extension.js names a source map');
  return found;
}

/** What the manifest names by its path: pictures, walk-through pages, icons. */
function namedFiles(value) {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(namedFiles);
  if (typeof value !== 'string' || !/^[\w./-]+\.(md|png|svg|js|woff2?)$/.test(value)) return [];
  return [`extension/${value.replace(/^\.\//, '')}`];
}

/** The server's files as they stand on the disk, but for caches. */
function serverFiles() {
  return readdirSync(join(root, 'server', 'whence'), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(root.length).replaceAll('\\', '/'))
    .filter((path) => !/__pycache__|\.pyc$/.test(path))
    .map((path) => `extension/${path}`);
}

/** The central directory of a zip file (APPNOTE.TXT 4.3.12); a package is far from needing its 64-bit form. */
function entriesOf(archive) {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const entries = [];
  let at = archive.readUInt32LE(end + 16);
  for (let idx = archive.readUInt16LE(end + 10); idx > 0; idx--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      bytes: archive.readUInt32LE(at + 24),
      packed: archive.readUInt32LE(at + 20),
      isDeflated: archive.readUInt16LE(at + 10) === 8,
      start: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

function textOf(archive, { start, packed, isDeflated }) {
  const from = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
  const bytes = archive.subarray(from, from + packed);
  return (isDeflated ? inflateRawSync(bytes) : bytes).toString('utf8');
}
