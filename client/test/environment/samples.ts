/** Values the tests of this room begin from. */

import type { Interpreter } from '../../src/environment/interpreter';
import type { Plan, Stamp, Wanted } from '../../src/environment/plan';

export const PYTHON: Interpreter = {
  path: '/usr/bin/python3.12',
  version: '3.12.1',
  implementation: 'cpython',
  freeThreaded: false,
  bits: 64,
  platform: 'linux-x86_64',
  musl: false,
  hasVenv: true,
};

export const WANTED: Wanted = { lock: 'aa11', platform: 'linux-x64', chosen: '' };

export const STAMP: Stamp = {
  format: 1,
  lock: 'aa11',
  platform: 'linux-x64',
  python: '3.12.1',
  base: '/usr/bin/python3.12',
  chosen: '',
};

export const PLAN: Plan = {
  tool: { kind: 'pip' },
  interpreter: PYTHON,
  folder: '/store/env-00000001',
  requirements: '/extension/requirements/runtime.txt',
  indexUrl: '',
  platform: 'linux',
  check: ['-c', 'pass'],
};
