/** The interpreters the Python extension knows, where it is installed. */

import { extensions, type Uri, workspace } from 'vscode';

/** The part of ms-python.python's interface that is used. */
interface PythonApi {
  readonly environments: {
    readonly known: readonly Known[];
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<Known | undefined>;
  };
}

interface Known {
  readonly executable: { readonly uri: Uri | undefined };
}

/** It may take long to start in a large workspace, and it is only a convenience. */
const WAIT_MS = 10_000;

/** The interpreter chosen there; undefined where there is none. Not asked in an untrusted workspace, which may name its own. */
export async function activePython(): Promise<string | undefined> {
  const environments = await offered();
  const chosen = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
  return chosen?.executable.uri?.fsPath;
}

/** All it knows. */
export async function knownPythons(): Promise<readonly string[]> {
  const known = (await offered())?.known ?? [];
  return known.map((one) => one.executable.uri?.fsPath).filter((path) => path !== undefined);
}

async function offered(): Promise<PythonApi['environments'] | undefined> {
  const extension = extensions.getExtension<Partial<PythonApi> | undefined>('ms-python.python');
  if (extension === undefined || !workspace.isTrusted) return undefined;
  try {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_MS, undefined));
    return (await Promise.race([extension.activate(), late]))?.environments;
  } catch {
    return undefined;
  }
}
