/** Where requests wait until there is something to send them over. Knows neither server nor editor. */

/** What turns when somebody no longer wants an answer; an editor's CancellationToken is one. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  readonly onCancellationRequested: (listener: () => void) => { dispose: () => unknown };
}

type Standing<T> =
  | { readonly kind: 'shut' }
  | { readonly kind: 'open'; readonly value: T }
  | { readonly kind: 'barred'; readonly error: Error };

interface Waiting<T> {
  readonly enter: (value: T) => void;
  readonly refuse: (error: Error) => void;
}

/** Shut at first. */
export class Gate<T> {
  #standing: Standing<T> = { kind: 'shut' };
  readonly #waiting = new Set<Waiting<T>>();

  /** Let through all that wait and all that come. */
  open(value: T): void {
    this.#standing = { kind: 'open', value };
    for (const { enter } of this.#waiting) enter(value);
    this.#waiting.clear();
  }

  /** Let those that come wait. */
  shut(): void {
    this.#standing = { kind: 'shut' };
  }

  /** Send away all that wait and all that come. */
  bar(error: Error): void {
    this.#standing = { kind: 'barred', error };
    for (const { refuse } of this.#waiting) refuse(error);
    this.#waiting.clear();
  }

  /**
   * Wait until the gate is open.
   *
   * @returns what it was opened with; undefined when `cancellation` turned before.
   * @throws the error it is barred with.
   */
  async pass(cancellation?: Cancellation): Promise<T | undefined> {
    if (cancellation?.isCancellationRequested === true) return undefined;
    const standing = this.#standing;
    switch (standing.kind) {
      case 'open':
        return standing.value;
      case 'barred':
        throw standing.error;
      case 'shut':
        return await this.#wait(cancellation);
    }
  }

  async #wait(cancellation: Cancellation | undefined): Promise<T | undefined> {
    return await new Promise<T | undefined>((resolve, reject) => {
      const waiting: Waiting<T> = {
        enter: (value) => {
          listening?.dispose();
          resolve(value);
        },
        refuse: (error) => {
          listening?.dispose();
          reject(error);
        },
      };
      const listening = cancellation?.onCancellationRequested(() => {
        listening?.dispose();
        this.#waiting.delete(waiting);
        resolve(undefined);
      });
      this.#waiting.add(waiting);
    });
  }
}
