/** Whether this machine can run Whence at all, told before anything is downloaded. Reads nothing itself. */

/** What is known of a machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** As Node names it: the architecture of the editor, which on Windows and macOS may be emulated. */
  readonly arch: string;
  /** Whether the editor itself runs on musl. */
  readonly musl: boolean;
  /** The text of /proc/cpuinfo; empty where there is none. */
  readonly cpuInfo: string;
}

/** Why no interpreter whatsoever would do here. */
export type MachineRefusal =
  { readonly kind: 'missingInstructions'; readonly flags: readonly string[] } | { readonly kind: 'musl' };

/** LanceDB's builds for Linux on x64 are compiled for these and die of an illegal instruction without them. */
const NEEDED_FLAGS = ['avx2', 'fma'];

/** Why Whence cannot run on this machine; undefined where it can, as far as is known without an interpreter. */
export function machineRefusal(machine: Machine): MachineRefusal | undefined {
  if (machine.platform !== 'linux') return undefined;
  if (machine.musl) return { kind: 'musl' };
  const flags = machine.arch === 'x64' ? missingFlags(machine.cpuInfo) : [];
  return flags.length > 0 ? { kind: 'missingInstructions', flags } : undefined;
}

/** Of the instruction sets that are needed, those the first processor lacks; none where it does not tell. */
function missingFlags(cpuInfo: string): readonly string[] {
  const told = /^flags\s*:(.*)$/m.exec(cpuInfo)?.[1];
  if (told === undefined) return [];
  const flags = new Set(told.trim().split(/\s+/));
  return NEEDED_FLAGS.filter((flag) => !flags.has(flag));
}

/** Whether a Linux process runs on musl, by Node's own report: one on glibc names glibc's version there. */
export function isMusl(platform: NodeJS.Platform, report: unknown): boolean {
  if (platform !== 'linux' || typeof report !== 'object' || report === null) return false;
  const header = (report as { readonly header?: Readonly<Record<string, unknown>> }).header;
  return header !== undefined && header['glibcVersionRuntime'] === undefined;
}
