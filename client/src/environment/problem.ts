/** What can stand in the way of a server, as values. words.ts says them. */

import type { Refused } from './discover';
import type { MachineRefusal } from './machine';
import type { Cause } from './output';
import type { OwnCommandFault } from './ownCommand';

/** Why there is no server. */
export type Problem =
  /** Folders are open, but none lies on a disk. */
  | { readonly kind: 'virtual'; readonly scheme: string }
  | { readonly kind: 'machine'; readonly why: MachineRefusal }
  | { readonly kind: 'noPython'; readonly refused: readonly Refused[]; readonly hasUv: boolean }
  | { readonly kind: 'chosenPython'; readonly chosen: string; readonly refused: readonly Refused[] }
  | { readonly kind: 'ownCommand'; readonly command: string; readonly fault: OwnCommandFault }
  | {
      readonly kind: 'step';
      readonly step: 'venv' | 'install' | 'check';
      readonly cause: Cause;
      /** The line of the output that tells most. */
      readonly line: string;
    }
  | { readonly kind: 'folder'; readonly path: string; readonly detail: string };

/** A problem, thrown. */
export class SetUpFailed extends Error {
  override readonly name = 'SetUpFailed';

  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}
