/**
 * `local:`: no sandbox. A build sees the machine as its user does. Only what has to be is its own: /nix/store, where its inputs and outputs stand, and the numbers
 * of processes, so that nothing of it outlives it.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Backend, Launch } from './backend.ts';
import type { BuildFolders } from './folders.ts';
import { quoted } from './launch-shell.ts';
import { personality, resourceLimits } from './launcher.ts';
import { LocalSpace } from './local-space.ts';
import { isRoot, staticShell, systems } from './machine.ts';
import { type Prepared, placeOf } from './prepare.ts';
import { asOurselves, asUser, fstabLine, lockedFlags, util } from './view.ts';

/** More inputs than that are mounted by one program that starts slower. */
const fewInputs = 4;

export class LocalBackend implements Backend {
  readonly name = 'local';
  readonly sandboxed = false;
  readonly reason: string;
  readonly #folders: BuildFolders;
  /** Where no build runs. */
  readonly #free: LocalSpace[] = [];
  readonly #all = new Set<LocalSpace>();

  constructor(reason: string, folders: BuildFolders) {
    this.reason = reason;
    this.#folders = folders;
  }

  launch(prepared: Prepared): Launch {
    const { request, folder } = prepared;
    const store = `/${request.inputsDirectory}`;
    const space = this.#take(store);
    const seen = (place: string) => space.seen(place);
    const build = {
      mounts: mountsOf(prepared, store, seen),
      cwd: seen(placeOfFolder(prepared, request.workingDirectory) ?? folder),
      command: commandOf(prepared, seen),
    };
    return {
      start: (log) => space.start(build, log),
      kill: () => space.kill(),
      sweep: async () => {
        if (space.isEmpty()) this.#free.push(space);
        else await this.#close(space);
      },
      failure: (code, log) => (code === 125 ? `cannot mount what the build needs: ${log.trim()}` : undefined),
    };
  }

  #take(store: string): LocalSpace {
    const found = this.#free.findIndex((each) => each.alive && each.store === store);
    if (found >= 0) return this.#free.splice(found, 1)[0]!;
    const space = new LocalSpace({ store, own: this.#folders.own, isRoot: isRoot() });
    this.#all.add(space);
    return space;
  }

  async #close(space: LocalSpace): Promise<void> {
    await space.close();
    this.#all.delete(space);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((space) => this.#close(space)));
  }
}

const placeOfFolder = ({ scratch }: Prepared, file: string): string | undefined =>
  scratch.find((each) => each.path === file)?.place ?? placeOf(file, scratch);

/** Where we are root, the build's user cannot write to inputs: their owner is root, and nobody may. Elsewhere they are mounted read-only. */
function mountsOf(prepared: Prepared, store: string, seen: (place: string) => string): string[] {
  const { folder, request, mounts, inputsFolder, user } = prepared;
  const place = placeOfFolder(prepared, request.inputsDirectory) ?? inputsFolder!;
  const bind = (source: string, target: string) => `mount -o bind ${quoted(source)} ${quoted(target)}`;
  const own = bind(seen(place), store);
  if (mounts.length === 0) return [own];
  if (user !== undefined && mounts.length <= fewInputs) return [own, ...mounts.map((each) => bind(each.place, each.target))];
  const fstab = path.join(folder, 'fstab');
  const flags = (source: string) => (user === undefined ? `bind,ro${lockedFlags(source)}` : 'bind');
  fs.writeFileSync(fstab, mounts.map((each) => fstabLine(each.place, each.target, flags(each.place))).join(''));
  return [own, `${quoted(util('mount'))} -a -T ${quoted(seen(fstab))}`];
}

function commandOf(prepared: Prepared, seen: (place: string) => string): readonly string[] {
  const { request, user } = prepared;
  const moved = movedTexts(prepared, seen);
  const environment = [...request.environment].map(([name, value]) => `${name}=${moved(value)}`);
  const { limits, constraints } = request;
  return [
    ...(constraints.system === systems()[0] ? [] : personality(constraints.system)),
    ...resourceLimits({ limits }),
    ...(user === undefined ? asOurselves() : asUser(user)),
    // Only here: what is in it must not reach programs that run as root.
    ...env(),
    '-i',
    ...environment,
    ...request.command,
  ];
}

const env = (): readonly string[] => {
  const busybox = staticShell();
  return busybox === undefined ? [util('env')] : [busybox, 'env'];
};

/** Values that name a folder that the build writes to name the place where it lies on this machine. The store's has its own name. */
function movedTexts({ request, scratch }: Prepared, seen: (place: string) => string): (text: string) => string {
  const moved = scratch.filter(({ path: file }) => file !== request.inputsDirectory);
  return (text) => {
    const found = moved.find(({ path: file }) => text === `/${file}` || text.startsWith(`/${file}/`));
    return found ? seen(found.place) + text.slice(found.path.length + 1) : text;
  };
}
