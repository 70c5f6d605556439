/** Which file a language model means by a path. Knows no editor and looks at no disk. */

/** A folder that is open. */
export interface OpenFolder {
  readonly name: string;
  /** On this machine, with the system's separators. */
  readonly path: string;
}

/** A file that may be meant. */
export interface Place {
  /** Which of the folders. */
  readonly folderIdx: number;
  /** '/' separators. */
  readonly path: string;
}

/**
 * Files a path may mean, the likeliest first; none where it leads out of every folder.
 *
 * @param path relative to a folder, beginning with a folder's name, or absolute.
 */
export function placesMeant(path: string, folders: readonly OpenFolder[]): readonly Place[] {
  const given = path.replaceAll('\\', '/');
  const isAbsolute = given.startsWith('/') || /^[a-z]:\//i.test(given);
  return isAbsolute ? inFolders(given, folders) : relativeToFolders(given, folders);
}

function inFolders(path: string, folders: readonly OpenFolder[]): readonly Place[] {
  const whole = settled(path);
  if (whole === undefined) return [];
  return folders
    .map((folder, folderIdx) => ({ folderIdx, root: settled(folder.path.replaceAll('\\', '/')) ?? '' }))
    .filter(({ root }) => root === '' || startsWith(whole, `${root}/`))
    .sort((one, other) => other.root.length - one.root.length) // a folder in a folder is meant first
    .map(({ folderIdx, root }) => ({ folderIdx, path: root === '' ? whole : whole.slice(root.length + 1) }));
}

function relativeToFolders(path: string, folders: readonly OpenFolder[]): readonly Place[] {
  const whole = settled(path);
  if (whole === undefined || whole === '') return [];
  const under = folders.map((_, folderIdx) => ({ folderIdx, path: whole }));
  const named = folders.flatMap(({ name }, folderIdx) =>
    whole.startsWith(`${name}/`) ? [{ folderIdx, path: whole.slice(name.length + 1) }] : [],
  );
  // Answers of several folders begin with the folder's name; of one they do not.
  return folders.length > 1 ? [...named, ...under] : [...under, ...named];
}

/** Without '.', '..' and empty parts; undefined where it leads out at the top. */
function settled(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Paths with a drive are the same in any case. */
function startsWith(path: string, start: string): boolean {
  const hasDrive = /^[a-z]:\//i.test(start);
  return hasDrive ? path.toLowerCase().startsWith(start.toLowerCase()) : path.startsWith(start);
}
