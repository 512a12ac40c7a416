/** `oci:`: a bundle, run by an OCI runtime. */
import fs from 'node:fs';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { hasBytes } from './arguments.ts';
import type { Backend, Launch } from './backend.ts';
import { LaunchShells, quoted, words } from './launch-shell.ts';
import { personality, resourceLimits } from './launcher.ts';
import { staticShell, systems } from './machine.ts';
import { type OciMount, ociConfig } from './oci-config.ts';
import type { Prepared } from './prepare.ts';
import { killNamespace, mayRun, processesOf, processName, sweep } from './process.ts';
import { type View, viewOf } from './view.ts';

export interface OciOptions {
  readonly runtime: string;
  /** `runc 1.1.5` */
  readonly version: string;
  readonly reason: string;
  readonly shell: string | undefined;
}

/** Nobody: what the runtime does as the namespace's root it does as this. */
const innerRoot = 30000;

const bind = (source: string, destination: string, ...flags: string[]): OciMount => ({
  destination,
  source,
  type: 'bind',
  options: ['rbind', 'nosuid', ...flags],
});

export class OciBackend implements Backend {
  readonly name: string;
  readonly sandboxed = true;
  readonly reason: string;
  readonly #runtime: string;
  readonly #shell: string | undefined;
  readonly #shells = new LaunchShells();
  #serial = 0;

  constructor({ runtime, version, reason, shell = staticShell() }: OciOptions) {
    this.name = `oci (${version})`;
    this.reason = reason;
    this.#runtime = runtime;
    this.#shell = shell;
    removeStaleCgroups();
  }

  launch(prepared: Prepared): Launch {
    const { request, folder, user } = prepared;
    if (user === undefined) throw new BuildError('sandbox', 'oci: needs root');
    if ([...request.command, ...request.environment.values()].some(hasBytes)) {
      throw new BuildError('unsupported', 'config.json holds no bytes that are not UTF-8: use bwrap: for this build');
    }
    // Its own processes: when they end, nothing that the runtime has left lives.
    const view = viewOf(prepared, { wanted: true, ownProcesses: true });
    const id = `${groupPrefix}${processName()}-${this.#serial++}`;
    const cgroup = `/${id}`;
    const bundle = path.join(folder, 'bundle');
    this.#makeBundle(bundle, prepared, view, cgroup, user);
    const { limits, constraints } = request;
    const run = [this.#runtime, '--root', path.join(folder, 'state'), 'run', '--bundle', view.folder + bundle.slice(folder.length), id];
    const prefix = [
      ...(constraints.system === systems()[0] ? [] : personality(constraints.system)),
      ...resourceLimits({ limits: { ...limits, processes: 0, memory: 0 } }),
    ];
    const shell = this.#shells.take();
    return {
      start: (log) => shell.run(`exec </dev/null >${quoted(log)} 2>&1 3>&-; exec ${words([...prefix, ...view.command, ...run])}`),
      kill: () => {
        for (const pid of shell.children()) killNamespace(pid);
      },
      sweep: async () => {
        await sweep(() => processesOf(user));
        this.#shells.give(shell);
      },
      failure: (code, log) => failureOf(code, log),
      close: () => removeCgroups(id),
    };
  }

  async close(): Promise<void> {
    await this.#shells.close();
  }

  #makeBundle(bundle: string, prepared: Prepared, view: View, cgroup: string, user: number): void {
    const { request, folder } = prepared;
    const rootfs = path.join(bundle, 'rootfs');
    fs.mkdirSync(rootfs, { recursive: true });
    // The runtime passes as nobody; what is inside has modes of its own.
    fs.chmodSync(folder, 0o751);
    const mounts = this.#mounts(prepared, view);
    for (const file of ['/proc', '/dev']) fs.mkdirSync(path.join(rootfs, file));
    for (const { source, destination } of mounts) makePoint(rootfs, source, destination, prepared, view);
    fs.writeFileSync(path.join(bundle, 'config.json'), JSON.stringify(ociConfig({ request, mounts, user, inner: innerRoot, cgroup })));
  }

  #mounts(prepared: Prepared, view: View): OciMount[] {
    const { request, folder, scratch, inputsFolder, tmp } = prepared;
    const { availableReadOnlyPaths, provideBinSh } = request.constraints;
    const seen = (place: string) => view.folder + place.slice(folder.length);
    const etc = view.etc;
    const present = request.sandboxPaths.filter(({ source, optional }) => !optional || fs.existsSync(source));
    return [
      bind(seen(tmp), '/tmp', 'nodev'),
      bind(etc, '/etc', 'nodev', 'ro'),
      ...(inputsFolder === undefined ? [] : [bind(seen(inputsFolder), `/${request.inputsDirectory}`, 'nodev', 'ro')]),
      ...scratch.map(({ path: file, place }) => bind(seen(place), `/${file}`, 'nodev')),
      ...availableReadOnlyPaths.map((file) => bind(file, file, 'ro')),
      ...(provideBinSh ? [bind(this.#binSh(), '/bin/sh', 'nodev', 'ro')] : []),
      ...present.map(({ source, target }) => bind(source, target)),
      ...(request.features.includes('kvm') && fs.existsSync('/dev/kvm') ? [bind('/dev/kvm', '/dev/kvm')] : []),
    ];
  }

  #binSh(): string {
    if (this.#shell !== undefined) return this.#shell;
    throw new BuildError('sandbox', 'builds need a static shell as /bin/sh, and there is none: apt-get install busybox-static');
  }
}

/** The point of a mount, in the root or in what is mounted below it. What lies in /dev is made by the runtime. */
function makePoint(rootfs: string, source: string, destination: string, { scratch, folder }: Prepared, view: View): void {
  if (destination.startsWith('/dev/')) return;
  const above = scratch.find(({ path: file }) => destination.startsWith(`/${file}/`));
  const point = above ? path.join(above.place, destination.slice(above.path.length + 2)) : path.join(rootfs, destination);
  if (fs.existsSync(point)) return;
  fs.mkdirSync(path.dirname(point), { recursive: true });
  const real = source.startsWith(`${view.folder}/`) ? folder + source.slice(view.folder.length) : source;
  if (fs.statSync(real).isDirectory()) fs.mkdirSync(point);
  else fs.writeFileSync(point, '');
}

function failureOf(code: number | undefined, log: string): string | undefined {
  if (code === 125) return `cannot mount the inputs: ${log.trim()}`;
  const line = log.split('\n').find((each) => /level=error|^(ERRO|runc|crun|youki)/.test(each));
  if (line === undefined || /exec: |executable file|not found in \$PATH|no such file/.test(line)) return undefined;
  return line;
}

const controllers = '/sys/fs/cgroup';
const groupPrefix = 'vixen-';

/** Where groups of builds stand: in the one hierarchy, or in each controller's. */
const hierarchies = (): string[] => {
  if (!fs.existsSync(controllers)) return [];
  return [controllers, ...fs.readdirSync(controllers).map((name) => path.join(controllers, name))];
};

function remove(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // It is not there.
  }
}

/** Removes the groups that a runtime which was killed has left; everything in them has ended. */
function removeCgroups(id: string): void {
  for (const folder of hierarchies()) remove(path.join(folder, id));
}

/** Removes the groups of builders that were killed. */
function removeStaleCgroups(): void {
  for (const folder of hierarchies()) {
    const names = fs.statSync(folder).isDirectory() ? fs.readdirSync(folder) : [];
    const stale = names.filter((name) => name.startsWith(groupPrefix) && !mayRun(name.slice(groupPrefix.length)));
    for (const name of stale) remove(path.join(folder, name));
  }
}
