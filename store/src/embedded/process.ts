/** Which process something belongs to, so that it can be seen later whether that one still runs: numbers of processes are used again. */
import fs from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** Ticks since boot when it started (proc_pid_stat(5), field 22); '' where the system does not tell. */
  readonly start: string;
  /** The boot that it ran in. */
  readonly boot: string;
  /** Its namespace of process numbers. */
  readonly namespace: string;
}

const read = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

function link(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}

/** Ticks since boot when a process started; '' where there is none. The program's name stands in parentheses, and may contain any. */
export const startOf = (pid: number | 'self'): string =>
  read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')[19] ?? '';

let current: ProcessId | undefined;

export function thisProcess(): ProcessId {
  current ??= {
    pid: process.pid,
    start: startOf('self'),
    boot: read('/proc/sys/kernel/random/boot_id').trim(),
    namespace: link('/proc/self/ns/pid'),
  };
  return current;
}

/** Processes in another namespace cannot be seen: they count as running for so long. */
const patience = 24 * 3600 * 1000;

/** Whether the process still runs. `since` is when it was last heard of, in milliseconds. */
export function isRunning({ pid, start, boot, namespace }: ProcessId, since: number): boolean {
  const own = thisProcess();
  if (boot !== own.boot) return false;
  if (namespace !== own.namespace) return Date.now() - since < patience;
  if (start !== '') return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
