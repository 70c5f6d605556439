/**
 * Environments made for real, with a lock of one small package from the ordinary package index. Without an interpreter or without
 * the index there is nothing to test these with, and they fail.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { allPythons, findPython, findTool, lookAtChosen, probe, type Search } from '../../src/environment/discover';
import {
  type Environment,
  findEnvironment,
  lockHash,
  type Means,
  obtainEnvironment,
  type Order,
  type Telling,
  useEnvironment,
} from '../../src/environment/environments';
import { searchFolders } from '../../src/environment/interpreter';
import { pythonIn, type Stamp, STAMP_NAME, type Tool, toolVariables } from '../../src/environment/plan';
import { SetUpFailed } from '../../src/environment/problem';
import { run } from '../../src/environment/process';
import { takeTurn } from '../../src/environment/turn';

const SILENT: Telling = { onWait: () => undefined, onStep: () => undefined, onLine: () => undefined };
const NEVER = new AbortController().signal;

let scratch: string;
let requirements: string;
let locked: string;
let search: Search;
let means: Means;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'whence-environment-'));
  const lock = await readFile('requirements/runtime.txt', 'utf8');
  // The entry of attrs as it stands in the real lock: name, version and hashes.
  locked = /^attrs==.*\n(?: {4}--hash.*\n)+/m.exec(lock)?.[0] ?? '';
  assert.notEqual(locked, '');
  requirements = join(scratch, 'runtime.txt');
  await writeFile(requirements, locked);
  search = {
    platform: process.platform,
    folders: searchFolders(process.platform, process.env, homedir()),
    env: toolVariables(process.env, ''),
    cwd: scratch,
    signal: NEVER,
    onLine: () => undefined,
  };
  means = await pythonFor({ kind: 'pip' });
});

after(async () => {
  await rm(scratch, { recursive: true, force: true });
});

async function pythonFor(tool: Tool): Promise<Means> {
  const found = await findPython(search, tool, []);
  assert.equal(found.kind, 'fit');
  return { tool, interpreter: found.interpreter };
}

async function orderIn(name: string, change: Partial<Order> = {}): Promise<Order> {
  const folder = join(scratch, name);
  await mkdir(folder, { recursive: true });
  return {
    folder,
    requirements,
    wanted: { lock: lockHash(locked), platform: 'this', chosen: '' },
    isFresh: false,
    indexUrl: '',
    check: ['-c', 'import attrs; print(attrs.__name__)'],
    checkEnv: {},
    verdict: (output) => (output.trim() === 'attrs' ? undefined : output),
    ...change,
  };
}

async function environmentsIn(order: Order): Promise<readonly string[]> {
  return (await readdir(order.folder)).filter((name) => name.startsWith('env-')).sort();
}

/** An environment without any package: quick, and all that finding and keeping look at. */
async function makeBare(order: Order, name: string, stamp: Partial<Stamp> = {}): Promise<string> {
  const folder = join(order.folder, name);
  const args = ['-I', '-m', 'venv', '--without-pip', folder];
  assert.equal(spawnSync(means.interpreter.path, args).status, 0);
  const { version: python, path: base } = means.interpreter;
  await writeFile(join(folder, STAMP_NAME), JSON.stringify({ format: 1, ...order.wanted, python, base, ...stamp }));
  return folder;
}

/** Whether a process runs; one that ended but was not yet asked for its exit code does not. */
function runs(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
    .stdout.toString()
    .trim();
  return state !== '' && !state.startsWith('Z');
}

async function standing(order: Order): Promise<Environment> {
  const environment = await findEnvironment(order, search);
  assert.ok(environment);
  return environment;
}

const noMeans = (): Promise<Means> => Promise.reject(new Error('nothing should have to be made'));

describe('making', () => {
  test('pip makes an environment that is found and kept from then on', async () => {
    const order = await orderIn('pip');

    const made = await obtainEnvironment(order, search, () => Promise.resolve(means), SILENT);

    assert.equal(made.stamp.python, means.interpreter.version);
    assert.deepEqual(await obtainEnvironment(order, search, noMeans, SILENT), made);
    assert.equal(existsSync(join(order.folder, 'turn.json')), false);
  });

  test('uv makes one, where uv is there', async (context) => {
    const tool = await findTool(search);
    if (tool.kind !== 'uv') {
      context.skip('no uv here');
      return;
    }
    const order = await orderIn('uv');
    const withUv = await pythonFor(tool);

    const made = await obtainEnvironment(order, search, () => Promise.resolve(withUv), SILENT);

    const site = spawnSync(pythonIn(made.folder, process.platform), [
      '-I',
      '-c',
      'import attr; print(attr.__cached__)',
    ]);
    assert.equal(existsSync(site.stdout.toString().trim()), true, 'its packages are compiled');
  });

  test('a file of another hash is not installed, and nothing half-made stays', async () => {
    const order = await orderIn('hash', { requirements: join(scratch, 'other.txt') });
    await writeFile(order.requirements, locked.replaceAll(/sha256:..../g, 'sha256:0000'));

    const failure = await obtainEnvironment(order, search, () => Promise.resolve(means), SILENT).catch(
      (error: unknown) => error,
    );

    assert.ok(failure instanceof SetUpFailed && failure.problem.kind === 'step');
    assert.deepEqual([failure.problem.step, failure.problem.cause], ['install', 'hashes']);
    assert.deepEqual(await environmentsIn(order), []);
  });

  test('cancelled half-way, it ends its programs and leaves nothing, and can be begun again', async () => {
    const order = await orderIn('cancelled');
    const source = new AbortController();
    let isInstalling = false;
    const cancelOnInstall: Telling = {
      ...SILENT,
      onStep: (step) => {
        isInstalling = step.kind === 'install';
      },
      onLine: (line) => {
        if (isInstalling && !line.startsWith('>')) source.abort();
      },
    };

    const making = obtainEnvironment(
      order,
      { ...search, signal: source.signal },
      () => Promise.resolve(means),
      cancelOnInstall,
    );

    await assert.rejects(making, { name: 'AbortError' });
    assert.deepEqual(await readdir(order.folder), []);
  });

  test('two at once make one', async () => {
    const order = await orderIn('both', {
      requirements: join(scratch, 'nothing.txt'),
      check: ['-c', 'print("attrs")'],
    });
    await writeFile(order.requirements, '');
    const waited: string[] = [];
    const obtain = (name: string): ReturnType<typeof obtainEnvironment> =>
      obtainEnvironment(order, search, () => Promise.resolve(means), { ...SILENT, onWait: () => waited.push(name) });

    const [one, other] = await Promise.all([obtain('one'), obtain('other')]);

    assert.deepEqual(one, other);
    assert.equal(waited.length, 1);
    assert.equal((await environmentsIn(order)).length, 1);
  });
});

describe('keeping', () => {
  test('of several that will do the latest is taken', async () => {
    const order = await orderIn('several');
    await makeBare(order, 'env-0000000a');
    const latest = await makeBare(order, 'env-00000001');

    assert.equal((await findEnvironment(order, search))?.folder, latest);
  });

  test('one of another lock, and one without a stamp, will not do', async () => {
    const order = await orderIn('unfit');
    await makeBare(order, 'env-0000000a', { lock: 'other' });
    await rm(join(await makeBare(order, 'env-0000000b'), STAMP_NAME));

    assert.equal(await findEnvironment(order, search), undefined);
  });

  test('one whose Python was taken away will not do', async () => {
    const order = await orderIn('broken');
    await rm(pythonIn(await makeBare(order, 'env-0000000a'), process.platform));

    assert.equal(await findEnvironment(order, search), undefined);
  });

  test('an old one stays as long as another window uses it, and goes then', async () => {
    const order = await orderIn('old');
    await makeBare(order, 'env-0000000a', { lock: 'other' });
    await makeBare(order, 'env-0000000b');
    const window = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const environment = await standing(order);
    await mkdir(join(order.folder, 'used'));
    await writeFile(join(order.folder, 'used', `env-0000000a.${window.pid ?? 0}`), '');

    await useEnvironment(order.folder, environment);
    const during = await environmentsIn(order);
    window.kill();
    await new Promise((resolve) => window.once('close', resolve));
    await useEnvironment(order.folder, environment);

    assert.deepEqual(during, ['env-0000000a', 'env-0000000b']);
    assert.deepEqual(await environmentsIn(order), ['env-0000000b']);
  });

  test('what another window is making is left alone', async () => {
    const order = await orderIn('making');
    await makeBare(order, 'env-0000000a');
    await mkdir(join(order.folder, 'env-0000000b'));
    const giveBack = await takeTurn(join(order.folder, 'turn.json'), () => undefined, NEVER);
    const environment = await standing(order);

    await useEnvironment(order.folder, environment);
    const during = await environmentsIn(order);
    await giveBack();
    await useEnvironment(order.folder, environment);

    assert.deepEqual(during, ['env-0000000a', 'env-0000000b']);
    assert.deepEqual(await environmentsIn(order), ['env-0000000a']);
  });
});

describe('turns', () => {
  test('one whose holder died is taken over', async () => {
    const path = join(scratch, 'turn-of-the-dead.json');
    const dead = spawnSync(process.execPath, ['-e', '']);
    await writeFile(path, JSON.stringify({ pid: dead.pid, id: 'x' }));

    const giveBack = await takeTurn(path, () => undefined, NEVER);
    await giveBack();

    assert.equal(existsSync(path), false);
  });

  test('one who waits can give up', async () => {
    const path = join(scratch, 'turn-waited-for.json');
    const source = new AbortController();
    const giveBack = await takeTurn(path, () => undefined, NEVER);

    const waiting = takeTurn(
      path,
      () => {
        source.abort();
      },
      source.signal,
    );

    await assert.rejects(waiting, { name: 'AbortError' });
    await giveBack();
  });
});

describe('programs', () => {
  test('without a program to be found there is no Python, and pip is what is left', async () => {
    const nowhere = { ...search, folders: [join(scratch, 'no-such-folder')] };

    assert.deepEqual(await findTool(nowhere), { kind: 'pip' });
    assert.deepEqual(await findPython(nowhere, { kind: 'pip' }, []), { kind: 'none', refused: [] });
  });

  test('an interpreter that is offered is taken before any other; one that does not run is told', async () => {
    const { path } = means.interpreter;
    const nowhere = { ...search, folders: [] };
    const missing = join(scratch, 'gone', 'python');

    const found = await findPython(nowhere, { kind: 'pip' }, [missing, path]);
    const none = await lookAtChosen(nowhere, { kind: 'pip' }, missing);

    assert.ok(found.kind === 'fit' && found.interpreter.path === path);
    assert.deepEqual(none, { kind: 'none', refused: [{ path: missing, why: { kind: 'doesNotRun' } }] });
  });

  test('every interpreter that is found answers as itself', async () => {
    const pythons = await allPythons(search, { kind: 'pip' }, []);

    for (const python of pythons) {
      const told = await probe(search, { command: python.path, args: [] });
      assert.equal(told?.version, python.version);
    }
    assert.notEqual(pythons.length, 0);
  });

  test(
    'a program that is cancelled takes along what it started, even what does not listen',
    { skip: process.platform === 'win32' },
    async () => {
      const source = new AbortController();
      let grandchild = 0;
      const running = run({
        command: '/bin/sh',
        args: [
          '-c',
          `"$0" -e 'process.on("SIGTERM", () => {}); setTimeout(() => {}, 60_000); console.log(process.pid)' & wait`,
          process.execPath,
        ],
        cwd: scratch,
        env: search.env,
        signal: source.signal,
        timeoutMs: 60_000,
        onLine: (line) => {
          grandchild = Number(line);
          source.abort();
        },
      });

      await assert.rejects(running, { name: 'AbortError' });

      assert.notEqual(grandchild, 0);
      assert.equal(runs(grandchild), false);
    },
  );

  test('a program that is not there is told as such', async () => {
    const ended = await run({
      command: join(scratch, 'nothing'),
      args: [],
      cwd: scratch,
      env: {},
      signal: NEVER,
      timeoutMs: 1_000,
    });

    assert.equal(ended.kind, 'notStarted');
  });

  test('one that does not end in time is ended', { skip: process.platform === 'win32' }, async () => {
    const ended = await run({
      command: '/bin/sh',
      args: ['-c', 'echo begun; sleep 60'],
      cwd: scratch,
      env: search.env,
      signal: NEVER,
      timeoutMs: 200,
    });

    assert.equal(ended.kind, 'late');
  });
});
