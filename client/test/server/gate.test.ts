import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Cancellation, Gate } from '../../src/server/gate';

class Source implements Cancellation {
  isCancellationRequested = false;
  readonly #listeners = new Set<() => void>();
  readonly onCancellationRequested = (listener: () => void): { dispose: () => unknown } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  get nListeners(): number {
    return this.#listeners.size;
  }

  cancel(): void {
    this.isCancellationRequested = true;
    for (const listener of [...this.#listeners]) listener();
  }
}

test('those that wait come in when the gate opens', async () => {
  const gate = new Gate<number>();
  const token = new Source();
  const waiting = [gate.pass(), gate.pass(token)];

  gate.open(7);

  assert.deepEqual(await Promise.all(waiting), [7, 7]);
  assert.equal(token.nListeners, 0);
});

test('who comes to an open gate does not wait', async () => {
  const gate = new Gate<number>();
  gate.open(7);

  assert.equal(await gate.pass(), 7);
});

test('who no longer wants to come in goes away', async () => {
  const gate = new Gate<number>();
  const token = new Source();
  const waiting = gate.pass(token);

  token.cancel();

  assert.equal(await waiting, undefined);
  assert.equal(token.nListeners, 0);
});

test('who was cancelled before does not come in', async () => {
  const gate = new Gate<number>();
  const token = new Source();
  gate.open(7);
  token.cancel();

  assert.equal(await gate.pass(token), undefined);
});

test('a barred gate sends away those that wait and those that come', async () => {
  const gate = new Gate<number>();
  const waiting = gate.pass();

  gate.bar(new Error('no server'));

  await assert.rejects(waiting, /no server/);
  await assert.rejects(gate.pass(), /no server/);
});

test('a gate that is shut again lets wait', async () => {
  const gate = new Gate<number>();
  gate.bar(new Error('no server'));
  gate.shut();
  const waiting = gate.pass();

  gate.open(8);

  assert.equal(await waiting, 8);
});
