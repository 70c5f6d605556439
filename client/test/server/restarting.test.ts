import assert from 'node:assert/strict';
import { test } from 'node:test';

import { afterCrash, type Crash, MAX_CRASHES, STABLE_MS, type Verdict, WINDOW_MS } from '../../src/server/restarting';

function after(...crashes: readonly Crash[]): Verdict {
  return crashes.reduce<Verdict>((verdict, crash) => afterCrash(verdict.crashes, crash), {
    kind: 'again',
    delayMs: 0,
    crashes: [],
  });
}

function crashes(count: number, everyMs: number, ranMs: number): readonly Crash[] {
  return Array.from({ length: count }, (_, idx) => ({ atMs: idx * everyMs, ranMs }));
}

test('each crash in a row doubles the delay', () => {
  const delays = [1, 2, 3, 4].map((count) => {
    const verdict = after(...crashes(count, 10_000, 100));
    return verdict.kind === 'again' ? verdict.delayMs : undefined;
  });

  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000]);
});

test('a server that crashes again and again is given up', () => {
  assert.equal(after(...crashes(MAX_CRASHES - 1, 10_000, 100)).kind, 'again');
  assert.equal(after(...crashes(MAX_CRASHES, 10_000, 100)).kind, 'giveUp');
});

test('a server that ran well for a while begins anew', () => {
  const last = { atMs: 200_000, ranMs: STABLE_MS };

  const verdict = after(...crashes(MAX_CRASHES - 1, 10_000, 100), last);

  assert.deepEqual(verdict, { kind: 'again', delayMs: 1_000, crashes: [last] });
});

test('crashes before the window do not count', () => {
  const verdict = after(...crashes(20, WINDOW_MS, 100));

  assert.equal(verdict.kind === 'again' && verdict.delayMs, 1_000);
});
