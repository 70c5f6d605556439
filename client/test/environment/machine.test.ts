import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMusl, type Machine, machineRefusal } from '../../src/environment/machine';

const MACHINE: Machine = {
  platform: 'linux',
  arch: 'x64',
  musl: false,
  cpuInfo: 'processor : 0\nflags\t\t: sse avx2 fma\n',
};

test('a processor with AVX2 and FMA will do', () => {
  assert.equal(machineRefusal(MACHINE), undefined);
});

test('what a processor lacks is named', () => {
  const why = machineRefusal({ ...MACHINE, cpuInfo: 'flags : sse avx fma4\n' });

  assert.deepEqual(why, { kind: 'missingInstructions', flags: ['avx2', 'fma'] });
});

test('a processor that does not tell, another architecture and another system are not refused', () => {
  assert.equal(machineRefusal({ ...MACHINE, cpuInfo: '' }), undefined);
  assert.equal(machineRefusal({ ...MACHINE, arch: 'arm64', cpuInfo: 'flags : sse\n' }), undefined);
  assert.equal(machineRefusal({ ...MACHINE, platform: 'darwin', cpuInfo: 'flags : sse\n' }), undefined);
});

test('musl is refused', () => {
  assert.deepEqual(machineRefusal({ ...MACHINE, musl: true }), { kind: 'musl' });
});

test('a Linux process whose report names no glibc runs on musl', () => {
  assert.equal(isMusl('linux', { header: {} }), true);
  assert.equal(isMusl('linux', { header: { glibcVersionRuntime: '2.36' } }), false);
  assert.equal(isMusl('darwin', { header: {} }), false);
});
