/** Problems and progress in a person's language: what, where, and what to do next. */

import { l10n } from 'vscode';

import type { Refused } from './discover';
import { MINORS, type Refusal } from './interpreter';
import type { MachineRefusal } from './machine';
import type { Advance, Cause } from './output';
import type { OwnCommandFault } from './ownCommand';
import type { Step, Tool } from './plan';
import type { Problem } from './problem';

const PYTHONS = `3.${MINORS.lowest}–3.${MINORS.highest}`;

/** A problem in one message. */
export function problemText(problem: Problem): string {
  switch (problem.kind) {
    case 'virtual':
      return l10n.t(
        'Whence indexes files on a disk, and no folder of this workspace lies on one ({0}:). Clone it, or open it in a remote window.',
        problem.scheme,
      );
    case 'machine':
      return machineText(problem.why);
    case 'noPython':
      return noPythonText(problem.refused, problem.hasUv);
    case 'chosenPython':
      return l10n.t(
        'The Python in the setting whence.server.python will not do: {0}. Choose another, or empty the setting to have one looked for.',
        problem.refused.map(refusedText).join('; ') || problem.chosen,
      );
    case 'ownCommand':
      return l10n.t(
        'The command in the setting whence.server.command will not do: {0} {1}. Mend it, or empty the setting to let Whence set itself up.',
        problem.command,
        ownCommandText(problem.fault),
      );
    case 'step':
      return stepProblemText(problem.step, problem.cause, problem.line);
    case 'folder':
      return l10n.t('Whence cannot write its folder {0}: {1}', problem.path, problem.detail);
  }
}

/** What a step does. */
export function stepText(step: Step, tool: Tool, version: string): string {
  switch (step.kind) {
    case 'venv':
      return l10n.t('making an environment with Python {0}', version);
    case 'install':
      return tool.kind === 'uv'
        ? l10n.t('installing with uv (up to 180 MB)')
        : l10n.t('installing with pip (up to 180 MB)');
    case 'check':
      return l10n.t('checking that everything loads');
  }
}

/** What happens within a step. */
export function advanceText(advance: Advance): string {
  switch (advance.kind) {
    case 'collecting':
      return l10n.t('looking up {0}', advance.name);
    case 'downloading':
      return l10n.t('downloading {0}', advance.what);
    case 'unpacking':
      return l10n.t('unpacking');
    case 'compiling':
      return l10n.t('compiling');
  }
}

function machineText(why: MachineRefusal): string {
  switch (why.kind) {
    case 'missingInstructions':
      return l10n.t(
        'Whence cannot run on this processor: LanceDB, which holds its index, needs {0}. Processors have them from 2013 on; a virtual machine may have to be told to pass them on.',
        why.flags.map((flag) => flag.toUpperCase()).join(', '),
      );
    case 'musl':
      return l10n.t(
        'Whence cannot run on a system with musl (such as Alpine): ONNX Runtime, which runs its model, has no build for it. In a dev container, use an image with glibc, such as one based on Debian.',
      );
  }
}

function noPythonText(refused: readonly Refused[], hasUv: boolean): string {
  const looked = refused.filter((one) => one.why.kind !== 'doesNotRun').map(refusedText);
  const seen = looked.length > 0 ? ` ${l10n.t('Found, but of no use: {0}.', looked.join('; '))}` : '';
  const way = hasUv
    ? l10n.t('Run "uv python install 3.12" (Whence has uv download none by itself), or install one.')
    : l10n.t(
        'Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python; Windows: python.org).',
      );
  return `${l10n.t('Whence needs Python {0}, 64-bit, and found none.', PYTHONS)} ${way}${seen}`;
}

function refusedText(refused: Refused): string {
  return `${refused.path} ${refusalText(refused.why)}`;
}

function refusalText(why: Refusal): string {
  switch (why.kind) {
    case 'doesNotRun':
      return l10n.t('does not run');
    case 'version':
      return l10n.t('is Python {0}, not {1}', why.version, PYTHONS);
    case 'implementation':
      return l10n.t('is {0}, not CPython', why.implementation);
    case 'freeThreaded':
      return l10n.t('is a free-threaded build, which not all packages are there for');
    case 'bits':
      return l10n.t('is a 32-bit program');
    case 'musl':
      return l10n.t('is built for musl, which ONNX Runtime is not there for');
    case 'platform':
      return l10n.t('is built for {0}, which LanceDB is not there for', why.platform);
    case 'noVenv':
      return l10n.t('lacks venv or ensurepip (Debian, Ubuntu: apt install python3-venv)');
  }
}

function ownCommandText(fault: OwnCommandFault): string {
  switch (fault.kind) {
    case 'notStarted':
      return l10n.t('cannot be started ({0})', fault.detail);
    case 'late':
      return l10n.t('does not answer --version');
    case 'failed':
      return l10n.t('fails when asked for its --version ({0})', fault.detail);
    case 'notWhence':
      return l10n.t('answers --version with "{0}", not as whence does', fault.detail);
  }
}

function stepProblemText(step: Step['kind'], cause: Cause, line: string): string {
  switch (step) {
    case 'venv':
      return l10n.t('Whence could not make its Python environment: {0}', line) + causeText(cause);
    case 'install':
      return l10n.t('Whence could not install its Python packages: {0}', line) + causeText(cause);
    case 'check':
      return l10n.t('Whence was installed, but does not run here: {0}', line) + causeText(cause);
  }
}

function causeText(cause: Cause): string {
  switch (cause) {
    case 'network':
      return ` ${l10n.t('The package index cannot be reached; behind a mirror name it in whence.server.indexUrl, behind a proxy set http.proxy.')}`;
    case 'certificate':
      return ` ${l10n.t("The package index's certificate is not trusted; name your network's own in SSL_CERT_FILE and PIP_CERT.")}`;
    case 'disk':
      return ` ${l10n.t('The disk is full; 700 MB are needed.')}`;
    case 'hashes':
      return ` ${l10n.t('The package index gave another file than the locked one, so it was not installed.')}`;
    case 'noBuild':
      return ` ${l10n.t('The package index has no build of it for this system and Python.')}`;
    case 'other':
      return '';
  }
}
