/** What pip, uv and Whence's own check print, read for people: which step it is, and what went wrong. */

/** What is happening, of interest to someone who waits. */
export type Advance =
  | { readonly kind: 'collecting'; readonly name: string }
  | { readonly kind: 'downloading'; readonly what: string }
  | { readonly kind: 'unpacking' }
  | { readonly kind: 'compiling' };

/** What a line of pip's or uv's output tells; undefined for the many that tell nothing. */
export function advanceOf(line: string): Advance | undefined {
  const collecting = /^Collecting ([\w.-]+)/.exec(line)?.[1];
  if (collecting !== undefined) return { kind: 'collecting', name: collecting };
  const downloading = /^\s*Downloading (\S+ \([^)]+\))/.exec(line)?.[1];
  if (downloading !== undefined) return { kind: 'downloading', what: downloading };
  if (/^(Installing collected packages|Prepared \d+ packages?)/.test(line)) return { kind: 'unpacking' };
  if (/^Installed \d+ packages?/.test(line)) return { kind: 'compiling' };
  return undefined;
}

/** How many packages a lock names; some are for other systems. */
export function packagesIn(lock: string): number {
  return lock.match(/^[A-Za-z0-9][\w.-]*==/gm)?.length ?? 0;
}

/** Why an installation failed, where that can be told from the output. */
export type Cause = 'network' | 'disk' | 'noBuild' | 'hashes' | 'certificate' | 'other';

/** What is rarer is looked for first: pip speaks of a missing distribution whatever went wrong. */
export function causeOf(output: string): Cause {
  if (/No space left on device|not enough space|ENOSPC|os error 28|Disk quota/i.test(output)) return 'disk';
  if (/do not match the hashes|hash mismatch/i.test(output)) return 'hashes';
  if (/CERTIFICATE_VERIFY_FAILED|invalid peer certificate|UnknownIssuer/i.test(output)) return 'certificate';
  const isNetwork =
    /NewConnectionError|ConnectTimeout|Read timed out|Temporary failure in name resolution|Name or service not known|getaddrinfo|ProxyError|Failed to fetch|error sending request|Connection refused|Connection broken|Max retries exceeded|Could not connect|dns error/i;
  if (isNetwork.test(output)) return 'network';
  if (/No matching distribution|no wheels? with a matching|No solution found|has no usable wheels/i.test(output))
    return 'noBuild';
  return 'other';
}

/** The line that says best what failed: the last that calls itself an error or its cause, else the last there is. */
export function tellingLine(output: string): string {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(error|fatal|cause|caused by|\w*Error)\b/i.test(line)) ?? lines.at(-1) ?? '';
}

/** A text without the name and password that an address in it may carry. */
export function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, '$1***@');
}

/** One line of `whence doctor --json`. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Checks of `whence doctor` that speak of the environment; the others are about the person's folders and git. */
const ABOUT_ENVIRONMENT: ReadonlySet<string> = new Set([
  'python',
  'processor',
  'onnxruntime',
  'lancedb',
  'parsers',
  'model',
]);

/** What is wrong with an environment by the output of `whence doctor --json` in it, in one line; undefined where nothing is. */
export function failedCheck(output: string): string | undefined {
  const checks = checksIn(output);
  if (checks === undefined) return tellingLine(output) || 'it ended without a word';
  const wrong = checks.find((check) => !check.ok && ABOUT_ENVIRONMENT.has(check.name));
  return wrong === undefined ? undefined : `${wrong.name}: ${wrong.detail}`;
}

function checksIn(output: string): readonly Check[] | undefined {
  const line = output.split(/\r?\n/).find((one) => one.startsWith('['));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as readonly Check[];
  } catch {
    return undefined;
  }
}
