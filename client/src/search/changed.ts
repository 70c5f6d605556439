/** Which files differ from a branch or a commit, as git says. Knows no editor. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Localiser } from '../localiser';
import { patternOf } from './query';

const run = promisify(execFile);

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** Asking leaves the repository as it is, its index file too, and starts no program that its configuration names for watching. */
const AS_IT_IS = ['-c', 'core.fsmonitor=false', '-c', 'diff.autoRefreshIndex=false', '--no-optional-locks'];

/** What git could not tell; the message is one line for a person. */
export class ChangesUnknown extends Error {
  override readonly name = 'ChangesUnknown';
}

/**
 * gitignore patterns, each of exactly one file, for what changed in a folder since it parted from `reference`: committed
 * or not, and files git does not know yet.
 *
 * @param only gitignore patterns that limit it; none for everything.
 * @throws ChangesUnknown when it is no repository or has no such branch or commit.
 */
export async function changedPatterns(
  folder: string,
  reference: string,
  only: readonly string[],
  signal: AbortSignal,
  l10n: Localiser,
): Promise<readonly string[]> {
  if (reference.startsWith('-')) throw new ChangesUnknown(l10n.t('No branch or commit is called "{0}"', reference));
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', [...AS_IT_IS, '-C', folder, ...args], { signal, timeout: TIMEOUT_MS, maxBuffer: MAX_BYTES }))
      .stdout;
  let parted: string;
  try {
    parted = (await git('merge-base', 'HEAD', reference)).trim();
  } catch (error) {
    if (signal.aborted) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ChangesUnknown(
      isMissing
        ? l10n.t('changed: needs git, which was not found')
        : l10n.t('git knows no branch or commit "{0}" in {1}', reference, folder),
    );
  }
  const where = only.length === 0 ? ['.'] : only.flatMap(pathspecsOf);
  const [differing, untracked] = await Promise.all([
    git('diff', '--name-only', '--relative', '--diff-filter=d', '-z', parted, '--', ...where),
    git('ls-files', '--others', '--exclude-standard', '-z', '--', ...where),
  ]);
  return [...differing.split('\0'), ...untracked.split('\0')].filter((path) => path !== '').map(patternOf);
}

/** Branches of a folder's repository, the ones worked on last first; none where it has none. */
export async function branches(folder: string): Promise<readonly string[]> {
  const args = [
    ...AS_IT_IS,
    '-C',
    folder,
    'for-each-ref',
    '--sort=-committerdate',
    '--format=%(refname:short)',
    '--count=50',
  ];
  try {
    const { stdout } = await run('git', [...args, 'refs/heads', 'refs/remotes'], { timeout: TIMEOUT_MS });
    return stdout.split('\n').filter((name) => name !== '');
  } catch {
    return [];
  }
}

/** git's pathspecs for what a gitignore pattern fits: the files themselves and what lies below folders. */
function pathspecsOf(pattern: string): readonly string[] {
  const bare = pattern.replace(/^\/|\/$/g, '');
  const glob = bare.includes('/') || pattern.startsWith('/') ? bare : `**/${bare}`;
  return [`:(glob)${glob}`, `:(glob)${glob}/**`];
}
