/** Questions asked before, the last one first. */

import type { Memento } from 'vscode';

const KEY = 'whence.search.history';
const KEPT = 50;

/** Kept with the workspace: questions of one project say nothing in another. */
export class History {
  constructor(private readonly state: Memento) {}

  /** The last one first. */
  get queries(): readonly string[] {
    return this.state.get<readonly string[]>(KEY, []);
  }

  async add(query: string): Promise<void> {
    const told = query.trim();
    if (told === '') return;
    await this.state.update(KEY, [told, ...this.queries.filter((other) => other !== told)].slice(0, KEPT));
  }

  async remove(query: string): Promise<void> {
    await this.state.update(
      KEY,
      this.queries.filter((other) => other !== query),
    );
  }
}
