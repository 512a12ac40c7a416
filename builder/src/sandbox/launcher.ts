/** What stands before a sandbox' program: it closes what must not be inherited, and sets limits and the personality, which a runtime cannot. */
import { BuildError } from '../errors.ts';
import type { BuildLimits } from '../service.ts';
import { findProgram, staticShell } from './machine.ts';

/** Processes of the sandbox itself that count as the build's. */
const ownProcesses = 3;

export interface LauncherOptions {
  readonly system: string;
  /** Undefined: the build sets its own. */
  readonly limits: BuildLimits | undefined;
  /** The last descriptor that the program is to have. */
  readonly lastDescriptor: number;
  /** Whether the whole build's memory is limited otherwise. */
  readonly memoryIsLimited?: boolean;
}

/**
 * A prefix for commands. Each program replaces itself by the next. As Nix: no core dumps unless the build asks, addresses are not randomised, 32-bit builds see a
 * 32-bit machine.
 */
export function launcher(options: LauncherOptions): readonly string[] {
  return [
    ...closing(options.lastDescriptor),
    ...personality(options.system),
    ...(options.limits ? resourceLimits({ ...options, limits: options.limits }) : []),
  ];
}

// Libraries open files that are inherited: LMDB its index, for writing.
const script = `last=$1; shift
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -le "$last" ] || eval "exec $fd>&-"; done
ulimit -Sc 0
exec "$@"`;

/** Dash, and so Debian's sh, cannot name descriptors above 9. */
function shell(): readonly string[] {
  const busybox = staticShell();
  if (busybox !== undefined) return [busybox, 'sh'];
  const bash = findProgram('bash');
  if (bash !== undefined) return [bash];
  throw new BuildError('sandbox', 'builds are started by busybox or bash, and there is none: apt-get install busybox-static');
}

const closing = (last: number): readonly string[] => [...shell(), '-c', script, 'sh', String(last)];

export function personality(system: string): readonly string[] {
  const setarch = findProgram('setarch');
  if (setarch === undefined) return [];
  return [setarch, ...(system === 'i686-linux' || system === 'armv7l-linux' ? ['linux32'] : []), '-R'];
}

export function resourceLimits({
  limits,
  memoryIsLimited = false,
}: {
  readonly limits: BuildLimits;
  readonly memoryIsLimited?: boolean;
}): readonly string[] {
  const { cpu, processes, memory, output } = limits;
  const flags: string[] = [];
  if (cpu > 0) flags.push(`--cpu=${cpu}:${cpu + 1}`);
  if (processes > 0) flags.push(`--nproc=${processes + ownProcesses}`);
  if (memory > 0 && !memoryIsLimited) flags.push(`--data=${memory}`);
  if (output > 0) flags.push(`--fsize=${output}`);
  if (flags.length === 0) return [];
  const prlimit = findProgram('prlimit');
  if (prlimit === undefined) throw new BuildError('sandbox', "limits need the program 'prlimit': install util-linux");
  return [prlimit, ...flags];
}
