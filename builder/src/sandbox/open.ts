/** Opens sandboxes of this machine: chooses, and says why. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import type { OpenBuilderOptions } from '../open.ts';
import type { BuildService } from '../service.ts';
import type { Backend } from './backend.ts';
import { SandboxBuilder } from './builder.ts';
import { BwrapBackend } from './bwrap.ts';
import { BuildFolders } from './folders.ts';
import { LocalBackend } from './local.ts';
import { tryBwrap, tryUnshare } from './probe.ts';
import { filterBytes } from './seccomp/filter.ts';

export async function openSandbox(url: string, options: OpenBuilderOptions): Promise<BuildService> {
  const folders = new BuildFolders(options.buildFolder ?? defaultFolder(options));
  await folders.open();
  try {
    const backend = choose(url, { ...options, filter: writeFilter(folders) });
    // Asked for by builds that may: the coordinator has looked whether they may.
    const unsandboxed = () => (tryUnshare() === undefined ? new LocalBackend('asked for by the build') : undefined);
    return new SandboxBuilder({ url: url === 'auto' ? `${backend.name}:` : url, store: options.store, folders, backend, unsandboxed });
  } catch (error) {
    await folders.close();
    throw error;
  }
}

/** Beside the store, so that nothing has to be moved to another disk. */
function defaultFolder({ store }: OpenBuilderOptions): string {
  if (store.checkouts) return path.join(store.checkouts.root || '/', 'nix/var/vixen/builds');
  return path.join(os.tmpdir(), `vixen-builds-${process.geteuid?.() ?? 0}`);
}

function writeFilter(folders: BuildFolders): string | undefined {
  const bytes = filterBytes(process.arch);
  if (!bytes) return undefined;
  const file = path.join(folders.own, 'seccomp');
  fs.writeFileSync(file, bytes);
  return file;
}

interface ChooseOptions extends OpenBuilderOptions {
  readonly filter: string | undefined;
}

function choose(url: string, options: ChooseOptions): Backend {
  const scheme = url.split(':', 1)[0]!;
  const wanted = scheme === 'auto' ? ['bwrap'] : [scheme];
  const failed: string[] = [];
  for (const name of wanted) {
    const { problem, make } = candidates[name]!;
    const found = problem(url);
    if (found === undefined) return make(url, scheme === 'auto' ? ['works here', ...failed].join('; ') : 'asked for by name', options);
    failed.push(`${name}: ${found}`);
  }
  throw new BuildError('sandbox', `no sandbox works on this machine (${failed.join('; ')}): apt-get install bubblewrap busybox-static`);
}

interface Candidate {
  /** Why it does not work here. */
  readonly problem: (url: string) => string | undefined;
  readonly make: (url: string, reason: string, options: ChooseOptions) => Backend;
}

const candidates: Readonly<Record<string, Candidate>> = {
  bwrap: {
    problem: () => tryBwrap(),
    make: (_, reason, { shell, filter }) => new BwrapBackend({ reason, shell, filter }),
  },
  local: {
    problem: () => tryUnshare(),
    make: (_, reason) => new LocalBackend(reason),
  },
};
