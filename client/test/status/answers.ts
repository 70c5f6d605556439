/** Status answers for tests. */

import type { FolderStatus, StatusAnswer } from '../../src/protocol';

/** A folder that is indexed and at rest, but for what is given. */
export function folder(given: Partial<FolderStatus> = {}): FolderStatus {
  return {
    uri: 'file:///w/shop',
    path: '/w/shop',
    state: 'usable',
    detail: '',
    files: 120,
    chunks: 1900,
    embedded: 1900,
    embeddedFirst: 0,
    firstModel: '',
    activity: 'idle',
    done: 0,
    total: 0,
    slowed: '',
    error: '',
    diskBytes: 2_400_000,
    indexDir: '/c/whence/shop',
    changedAt: 1,
    ...given,
  };
}

/** The answer of a server that has these folders open. */
export function answer(...folders: readonly FolderStatus[]): StatusAnswer {
  return { version: '0.1.0', model: 'tiny', paused: false, folders };
}
