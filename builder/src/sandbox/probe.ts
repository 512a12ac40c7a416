/** Which sandboxes work on this machine. Tried once a process. */
import { spawnSync } from 'node:child_process';
import { findProgram, isRoot } from './machine.ts';

const tried = new Map<string, string | undefined>();

/** Any user without rights. */
const nobody = 65534;

function once(name: string, probe: () => string | undefined): string | undefined {
  if (!tried.has(name)) tried.set(name, probe());
  return tried.get(name);
}

/** Why bubblewrap does not work; undefined where it does. */
export function tryBwrap(): string | undefined {
  return once('bwrap', () => {
    const bwrap = findProgram('bwrap');
    if (bwrap === undefined) return 'the program is not installed';
    const args = [
      '--unshare-all',
      '--uid',
      '1000',
      '--gid',
      '100',
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--',
      'true',
    ];
    const user = isRoot() ? { uid: nobody, gid: nobody } : {};
    const { status, stderr, error } = spawnSync(bwrap, args, { ...user, encoding: 'utf8' });
    return status === 0 ? undefined : error?.message || stderr.trim() || `exit code ${status}`;
  });
}

/** Why no namespaces for mounts and processes can be made; undefined where they can. */
export function tryUnshare(): string | undefined {
  return once('unshare', () => {
    const unshare = findProgram('unshare');
    if (unshare === undefined) return "the program 'unshare' is not installed";
    const user = isRoot() ? [] : ['--user', '--map-root-user'];
    const { status, stderr, error } = spawnSync(unshare, ['--mount', ...user, '--pid', '--fork', '--mount-proc', 'true'], {
      encoding: 'utf8',
    });
    return status === 0 ? undefined : error?.message || stderr.trim() || `exit code ${status}`;
  });
}
