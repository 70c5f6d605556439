/**
 * The text of an issue report: versions, how things stand, and names of settings. Nothing of the person's own is taken in: no code,
 * no queries, no paths, no names of folders, no values of settings. Knows no editor and sends nothing.
 */

import type { StatusAnswer } from '../protocol';
import type { ServerState } from '../whence';

/** What is known when something went wrong. */
export interface Circumstances {
  readonly extension: string;
  readonly editor: string;
  /** Where the extension runs when not beside the window, as the editor names it; undefined for here. */
  readonly remote: string | undefined;
  readonly system: string;
  readonly node: string;
  /** Undefined where an own command starts the server, and before the first start. */
  readonly python: string | undefined;
  readonly hasOwnCommand: boolean;
  readonly state: ServerState;
  readonly status: StatusAnswer | undefined;
  /** Names of Whence's settings that a person changed. */
  readonly changedSettings: readonly string[];
  /** How the server last ended unasked, as an exit code or a signal; undefined if it never did. */
  readonly lastCrash: string | undefined;
}

/** Kinds of remote windows. */
const REMOTES: ReadonlySet<string> = new Set([
  'ssh-remote',
  'wsl',
  'dev-container',
  'attached-container',
  'codespaces',
  'tunnel',
]);

/** An issue report in Markdown, in English: maintainers read it. */
export function reportOf(known: Circumstances): string {
  const { state, status } = known;
  const rows: readonly (readonly [string, string])[] = [
    ['Whence', known.extension],
    ['Server', status?.version ?? 'unknown'],
    ['Model', status?.model ?? 'unknown'],
    ['Editor', known.remote === undefined ? known.editor : `${known.editor}, remote: ${remoteOf(known.remote)}`],
    ['Python', known.python ?? 'unknown'],
    ['Node', known.node],
    ['System', known.system],
    ['Started by', known.hasOwnCommand ? 'whence.server.command' : 'the extension'],
    ['State', state.kind],
    ['Last crash', known.lastCrash ?? 'none'],
    ['Indexing', status?.paused === true ? 'paused' : 'allowed'],
    ['Changed settings', known.changedSettings.length === 0 ? 'none' : known.changedSettings.join(', ')],
  ];
  return [
    '## What happened',
    '',
    '<!-- What did you do, what did you expect, and what did you see? -->',
    '',
    '## Where',
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${cell(value)} |`),
    '',
    '## Folders',
    '',
    ...foldersOf(status),
    '',
    'Lines of the log ("Whence: Show Log") help; look through them first, they may name files.',
    '',
  ].join('\n');
}

function foldersOf(status: StatusAnswer | undefined): readonly string[] {
  if (status === undefined || status.folders.length === 0) return ['None is known to the server.'];
  return [
    '| | index | activity | files | chunks | embedded | bytes |',
    '|---|---|---|---|---|---|---|',
    ...status.folders.map(
      ({ state, activity, done, total, slowed, files, chunks, embedded, diskBytes }, idx) =>
        `| ${idx + 1} | ${state} | ${activity}${total > 0 ? ` ${done}/${total}` : ''}${slowed === '' ? '' : ', slowed'} | ` +
        `${files} | ${chunks} | ${embedded} | ${diskBytes} |`,
    ),
  ];
}

/** Some editors give the host's name, which is the person's own. */
function remoteOf(name: string): string {
  return REMOTES.has(name) ? name : 'other';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
