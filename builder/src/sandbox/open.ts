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
import { OciBackend } from './oci.ts';
import { type OciRuntime, tryBwrap, tryOci, tryUnshare } from './probe.ts';
import { filterBytes } from './seccomp/filter.ts';

export async function openSandbox(url: string, options: OpenBuilderOptions): Promise<BuildService> {
  const folders = new BuildFolders(options.buildFolder ?? defaultFolder(options));
  await folders.open();
  try {
    const backend = choose(url, { ...options, folders, filter: writeFilter(folders) });
    // Asked for by builds that may: the coordinator has looked whether they may.
    const unsandboxed = () => (tryUnshare() === undefined ? new LocalBackend('asked for by the build', folders) : undefined);
    return new SandboxBuilder({
      url: url === 'auto' ? `${backend.name.split(' ')[0]}:` : url,
      store: options.store,
      folders,
      backend,
      unsandboxed,
      extraSystems: options.extraSystems,
      features: options.features,
    });
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
  readonly folders: BuildFolders;
  readonly filter: string | undefined;
}

function choose(url: string, options: ChooseOptions): Backend {
  const scheme = url.split(':', 1)[0]!;
  const wanted = scheme === 'auto' ? ['bwrap', 'oci'] : [scheme];
  const failed: string[] = [];
  for (const name of wanted) {
    const { problem, make } = candidates[name]!;
    const found = problem(url);
    if (found === undefined) return make(url, scheme === 'auto' ? ['works here', ...failed].join('; ') : 'asked for by name', options);
    failed.push(`${name}: ${found}`);
  }
  throw new BuildError(
    'sandbox',
    `${scheme === 'auto' ? 'no sandbox works' : `'${url}' does not work`} on this machine (${failed.join('; ')}): ${remedies[scheme] ?? remedies.bwrap}`,
  );
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
  oci: {
    problem: (url) => {
      const found = tryOci(runtimeOf(url));
      return 'problem' in found ? found.problem : undefined;
    },
    make: (url, reason, { shell }) => {
      const { file, version } = tryOci(runtimeOf(url)) as OciRuntime;
      return new OciBackend({ runtime: file, version, reason, shell });
    },
  },
  local: {
    problem: () => tryUnshare(),
    make: (_, reason, { folders }) => new LocalBackend(reason, folders),
  },
};

/** `oci:///usr/bin/runc` and `oci:runc` name a runtime. */
function runtimeOf(url: string): string | undefined {
  const name = url.replace(/^(oci:|auto)(\/\/)?/, '');
  return name === '' ? undefined : name;
}

const remedies: Readonly<Record<string, string>> = {
  bwrap: 'apt-get install bubblewrap busybox-static',
  oci: 'apt-get install runc busybox-static',
  local: 'apt-get install util-linux',
};
