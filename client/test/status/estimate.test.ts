import assert from 'node:assert/strict';
import { test } from 'node:test';

import { follow, type Pace, percentDone, secondsLeft } from '../../src/status/estimate';
import { answer, folder } from './answers';

/** The pace after embedding was seen at these times, of 1,000 chunks. */
function pace(...seen: readonly (readonly [atMs: number, done: number])[]): Pace | undefined {
  return seen.reduce<Pace | undefined>(
    (before, [atMs, done]) => follow(before, answer(folder({ activity: 'embedding', done, total: 1000 })), atMs),
    undefined,
  );
}

test('reading is the first tenth, embedding the rest', () => {
  const percent = (activity: 'listing' | 'reading' | 'embedding' | 'settling', done: number): number | undefined =>
    percentDone(answer(folder({ activity, done, total: 100 })));

  assert.deepEqual(
    [percent('listing', 0), percent('reading', 50), percent('embedding', 50), percent('settling', 0)],
    [0, 5, 55, 100],
  );
});

test('folders that are worked on count the same', () => {
  const status = answer(
    folder({ activity: 'embedding', done: 100, total: 100 }),
    folder({ activity: 'listing' }),
    folder(),
  );

  assert.equal(percentDone(status), 50);
});

test('there is no percent where nothing is being done', () => {
  assert.equal(percentDone(answer(folder(), folder({ activity: 'waiting' }))), undefined);
});

test('the time left follows from a steady rate', () => {
  const left = secondsLeft(pace([0, 0], [5_000, 50], [10_000, 100]));

  assert.equal(Math.round(left ?? 0), 90);
});

test('little that was seen gives no time', () => {
  assert.equal(secondsLeft(pace([0, 0])), undefined);
  assert.equal(secondsLeft(pace([0, 0], [1_000, 100])), undefined);
  assert.equal(secondsLeft(undefined), undefined);
});

test('one slow step does not shake the estimate, many do', () => {
  const steady = Array.from({ length: 12 }, (_, idx) => [idx * 5_000, idx * 50] as const);
  const before = secondsLeft(pace(...steady)) ?? 0;

  const once = secondsLeft(pace(...steady, [60_000, 560])) ?? 0;
  const often = secondsLeft(pace(...steady, [60_000, 560], [90_000, 620], [120_000, 680])) ?? 0;

  assert.ok(Math.abs(once - before) < 0.3 * before, `${before} became ${once}`);
  assert.ok(often > 1.8 * before, `${before} became ${often}`);
});

test('another job begins anew', () => {
  const first = pace([0, 0], [10_000, 100]);

  const next = follow(first, answer(folder({ activity: 'embedding', done: 5, total: 400 })), 20_000);

  assert.equal(secondsLeft(next), undefined);
});

test('nothing is told while it is paused or reads', () => {
  const first = pace([0, 0], [10_000, 100]);
  const embedding = answer(folder({ activity: 'embedding', done: 110, total: 1000 }));

  assert.equal(follow(first, { ...embedding, paused: true }, 11_000), undefined);
  assert.equal(follow(first, answer(folder({ activity: 'reading', done: 1, total: 2 })), 11_000), undefined);
});

test('a job that stands still has no time left to tell', () => {
  assert.equal(secondsLeft(pace([0, 100], [10_000, 100])), undefined);
});
