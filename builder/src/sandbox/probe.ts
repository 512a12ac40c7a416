/** Which sandboxes work on this machine. Tried once a process. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BuildRequest, noLimits } from '../service.ts';
import { findProgram, isRoot, staticShell } from './machine.ts';
import { ociConfig } from './oci-config.ts';

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

export interface OciRuntime {
  readonly file: string;
  /** `runc 1.1.5` */
  readonly version: string;
}

const runtimes = ['crun', 'runc', 'youki'];
const working = new Map<string, OciRuntime | { readonly problem: string }>();

/** The first runtime that runs a bundle as builds are run; `wanted` is tried alone. */
export function tryOci(wanted?: string): OciRuntime | { readonly problem: string } {
  if (!isRoot()) return { problem: 'it needs root' };
  const key = wanted ?? '';
  const known = working.get(key) ?? firstOf(wanted === undefined ? runtimes : [wanted]);
  working.set(key, known);
  return known;
}

function firstOf(names: readonly string[]): OciRuntime | { readonly problem: string } {
  const problems: string[] = [];
  for (const name of names) {
    const file = name.startsWith('/') ? name : findProgram(name);
    const problem = file === undefined ? 'not installed' : runProblem(file);
    if (file !== undefined && problem === undefined) return { file, version: versionOf(file) };
    problems.push(`${name}: ${problem}`);
  }
  return { problem: problems.join(', ') };
}

function versionOf(file: string): string {
  const text = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const number = /version (\d[\d.]*)/.exec(text)?.[1];
  return [path.basename(file), ...(number ? [number] : [])].join(' ');
}

/** Runs a bundle that does nothing. */
function runProblem(file: string): string | undefined {
  const shell = staticShell();
  if (shell === undefined) return 'there is no static shell to try it with: apt-get install busybox-static';
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-oci-'));
  const id = path.basename(folder);
  try {
    fs.chmodSync(folder, 0o755);
    for (const name of ['rootfs/proc', 'rootfs/dev', 'rootfs/bin', 'rootfs/build'])
      fs.mkdirSync(path.join(folder, name), { recursive: true });
    fs.writeFileSync(path.join(folder, 'rootfs/bin/sh'), '');
    const mounts = [{ destination: '/bin/sh', source: shell, type: 'bind', options: ['bind', 'ro'] }];
    const request = tryRequest;
    const config = ociConfig({ request, mounts, user: tryUser, inner: tryUser - 1, cgroup: `/${id}` });
    fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
    const args = ['--root', path.join(folder, 'state'), 'run', '--bundle', folder, id];
    const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
    return status === 0 ? undefined : error?.message || stderr.trim().split('\n')[0] || `exit code ${status}`;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const tryUser = 30000;

const tryRequest: BuildRequest = {
  inputs: [],
  inputsDirectory: 'nix/store',
  command: ['/bin/sh', '-c', 'exit 0'],
  workingDirectory: 'build',
  scratchPaths: ['build'],
  outputs: [],
  environment: new Map(),
  additionalFiles: [],
  needles: [],
  constraints: { system: '', minMemory: 0, availableReadOnlyPaths: [], networkAccess: false, provideBinSh: true },
  limits: noLimits,
  sandboxPaths: [],
  features: [],
};
