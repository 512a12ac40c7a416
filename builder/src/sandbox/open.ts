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
import { tryBwrap } from './probe.ts';
import { filterBytes } from './seccomp/filter.ts';

export async function openSandbox(url: string, options: OpenBuilderOptions): Promise<BuildService> {
  const folders = new BuildFolders(options.buildFolder ?? defaultFolder(options));
  await folders.open();
  try {
    const backend = choose(url, { ...options, filter: writeFilter(folders) });
    return new SandboxBuilder({ url: url === 'auto' ? `${backend.name}:` : url, store: options.store, folders, backend });
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

function choose(url: string, { shell, filter }: ChooseOptions): Backend {
  const failed: string[] = [];
  if (url === 'auto' || url === 'bwrap:') {
    const problem = tryBwrap();
    if (problem === undefined) {
      return new BwrapBackend({ reason: url === 'auto' ? 'bubblewrap works here' : 'asked for by name', shell, filter });
    }
    failed.push(`bwrap: ${problem}`);
  }
  throw new BuildError('sandbox', `no sandbox works on this machine (${failed.join('; ')}): apt-get install bubblewrap busybox-static`);
}
