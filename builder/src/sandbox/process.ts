/** Processes of this machine: which still run, whose they are, ending them. */
import fs from 'node:fs';
import { startOf, thisProcess } from '@vixen/store';

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A name for this process that no other has: `PID-START-BOOT-NAMESPACE`. */
export function processName(): string {
  const { pid, start, boot, namespace } = thisProcess();
  return [pid, start || 0, boot.slice(0, 8) || 0, /\d+/.exec(namespace)?.[0] ?? 0].join('-');
}

/** Whether the process of a name may still run. Those of other namespaces cannot be seen: they count as running. */
export function mayRun(name: string): boolean {
  const [pid, start, boot, namespace] = name.split('-');
  const [, , ownBoot, ownNamespace] = processName().split('-');
  if (boot !== ownBoot) return false;
  if (namespace !== ownNamespace) return true;
  return startOf(Number(pid)) === start && !isZombie(Number(pid));
}

/** Sends SIGKILL; a process that is gone is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Numbers of all processes that can be seen. */
const pids = (): number[] => fs.readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

function uidOf(pid: number): number | undefined {
  try {
    return fs.statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}

/** The state stands behind the program's name, which stands in parentheses, and may contain any (proc_pid_stat(5)). */
export const isZombie = (pid: number): boolean => ['Z', 'X', ''].includes(/.*\) (.)/s.exec(read(`/proc/${pid}/stat`))?.[1] ?? '');

/** Running processes of a user. */
export const processesOf = (uid: number): number[] => {
  // Processes that are not dumpable show as root's there; the status tells.
  const isOwn = (pid: number) =>
    uidOf(pid) === uid || (uidOf(pid) === 0 && new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(read(`/proc/${pid}/status`)));
  return pids().filter((pid) => isOwn(pid) && !isZombie(pid));
};

/** What a process has started. */
export const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .flatMap((text) => (text === '' ? [] : [Number(text)]));

/** Ends the first process of the namespace that `pid` (unshare --fork) has made, and so all in it; `pid` itself while there is none. */
export function killNamespace(pid: number): void {
  const children = childrenOf(pid);
  for (const each of children.length > 0 ? children : [pid]) kill(each);
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Ends what `find` finds until it finds nothing. Answers whether all is gone. */
export async function sweep(find: () => number[]): Promise<boolean> {
  for (let round = 0; round < 200; round++) {
    const left = find();
    if (left.length === 0) return true;
    for (const pid of left) kill(pid);
    await pause(Math.min(round + 1, 20));
  }
  return false;
}

/** Waits until a process has ended that is about to. */
export async function waitForEnd(pid: number): Promise<boolean> {
  for (let round = 0; round < 200; round++) {
    if (isZombie(pid)) return true;
    await pause(Math.min(round + 1, 20));
  }
  return false;
}
