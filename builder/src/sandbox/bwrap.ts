/** `bwrap:`: bubblewrap, which needs neither root nor ranges of users. */
import fs from 'node:fs';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { nulSeparated } from './arguments.ts';
import type { Backend, Launch } from './backend.ts';
import { sandboxUser } from './etc.ts';
import { LaunchShells, quoted, words } from './launch-shell.ts';
import { personality, resourceLimits } from './launcher.ts';
import { findProgram, staticShell, systems } from './machine.ts';
import type { Prepared } from './prepare.ts';
import { kill, waitForEnd } from './process.ts';
import { asUser, type View, viewOf } from './view.ts';

export interface BwrapOptions {
  readonly reason: string;
  readonly shell: string | undefined;
  /** The seccomp program as a file; undefined where this machine's calls are not known. */
  readonly filter: string | undefined;
}

/** Numbers of the descriptors that bubblewrap is told. */
const fds = { status: 3, args: 4, filter: 5 } as const;

export class BwrapBackend implements Backend {
  readonly name = 'bwrap';
  readonly sandboxed = true;
  readonly reason: string;
  readonly #shell: string | undefined;
  readonly #shells = new LaunchShells();
  readonly #filter: string | undefined;

  constructor({ reason, shell = staticShell(), filter }: BwrapOptions) {
    this.reason = reason;
    this.#shell = shell;
    this.#filter = filter;
  }

  launch(prepared: Prepared): Launch {
    const { request, folder, user } = prepared;
    const view = viewOf(prepared);
    const args = path.join(folder, 'args');
    fs.writeFileSync(args, nulSeparated(this.#arguments(prepared, view)));
    const { limits, constraints } = request;
    const command = [
      ...(view?.command ?? []),
      ...asUser(user),
      ...(constraints.system === systems()[0] ? [] : personality(constraints.system)),
      ...resourceLimits({ limits }),
      ...[findProgram('bwrap')!, '--args', String(fds.args), '--', ...request.command],
    ];
    const filter = this.#filter === undefined ? '' : `${fds.filter}<${quoted(this.#filter)}`;
    const shell = this.#shells.take();
    let child: number | undefined;
    const onLine = (line: string) => {
      child ??= Number(/"child-pid": (\d+)/.exec(line)?.[1] ?? Number.NaN) || undefined;
    };
    return {
      start: (log) =>
        shell.run(`exec </dev/null >${quoted(log)} 2>&1 ${fds.args}<${quoted(args)} ${filter}; exec ${words(command)}`, { onLine }),
      // The namespace's first process: with it all others die, and bubblewrap ends when that is done.
      kill: () => {
        for (const pid of child === undefined ? shell.children() : [child]) kill(pid);
      },
      sweep: async () => {
        if (child !== undefined) await waitForEnd(child);
        this.#shells.give(shell);
      },
      failure: (code, log) => failureOf(code, log),
    };
  }

  async close(): Promise<void> {
    await this.#shells.close();
  }

  #arguments(prepared: Prepared, view: View | undefined): string[] {
    const { request } = prepared;
    const { networkAccess } = request.constraints;
    const environment = [...request.environment].flatMap(([name, value]) => ['--setenv', name, value]);
    return [
      ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ...(networkAccess ? [] : ['--unshare-net']),
      ...['--uid', String(sandboxUser.uid), '--gid', String(sandboxUser.gid), '--hostname', 'localhost'],
      // The builder is the namespace's first process, as in Nix: nothing outlives it.
      ...['--die-with-parent', '--as-pid-1', '--new-session', '--cap-drop', 'ALL'],
      ...['--json-status-fd', String(fds.status)],
      ...(this.#filter === undefined ? [] : ['--seccomp', String(fds.filter)]),
      ...['--clearenv', ...environment],
      ...this.#mounts(prepared, view),
      ...['--remount-ro', '/', '--chdir', `/${request.workingDirectory}`],
    ];
  }

  #mounts(prepared: Prepared, view: View | undefined): string[] {
    const { request, folder, scratch, inputsFolder, mounts, tmp, etc } = prepared;
    // In the view the build's folder may have another name.
    const seen = (place: string) => (view && place.startsWith(`${folder}/`) ? view.folder + place.slice(folder.length) : place);
    const sandboxPaths = request.sandboxPaths.flatMap(({ source, target, optional }) => [
      `${source.startsWith('/dev/') ? '--dev-bind' : '--bind'}${optional ? '-try' : ''}`,
      source,
      target,
    ]);
    return [
      // What lies above the mounts is root's elsewhere, and everybody's to pass.
      ...['/bin', '/nix'].flatMap((file) => ['--perms', '0755', '--dir', file]),
      ...['--dev', '/dev', '--proc', '/proc', '--bind', seen(tmp), '/tmp', '--ro-bind', view?.etc ?? etc, '/etc'],
      ...(request.features.includes('kvm') ? ['--dev-bind-try', '/dev/kvm', '/dev/kvm'] : []),
      ...(inputsFolder === undefined ? [] : ['--ro-bind', seen(inputsFolder), `/${request.inputsDirectory}`]),
      ...scratch.flatMap(({ path: file, place }) => ['--bind', seen(place), `/${file}`]),
      ...(view ? [] : mounts.flatMap(({ place, target }) => ['--ro-bind', place, target])),
      ...request.constraints.availableReadOnlyPaths.flatMap((file) => ['--ro-bind', file, file]),
      ...(request.constraints.provideBinSh ? ['--ro-bind', this.#binSh(), '/bin/sh'] : []),
      ...sandboxPaths,
    ];
  }

  #binSh(): string {
    if (this.#shell !== undefined) return this.#shell;
    throw new BuildError('sandbox', 'builds need a static shell as /bin/sh, and there is none: apt-get install busybox-static');
  }
}

/** What bubblewrap says when it cannot make the sandbox. That a program does not start is the build's own fault. */
function failureOf(code: number | undefined, log: string): string | undefined {
  if (code === 125) return `cannot mount the inputs: ${log.trim()}`;
  if (code !== 1 || !log.startsWith('bwrap: ') || log.startsWith('bwrap: execvp ')) return undefined;
  return log.split('\n', 1)[0];
}
