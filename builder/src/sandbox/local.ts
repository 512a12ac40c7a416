/**
 * `local:`: no sandbox. A build sees the machine as its user does. Only what has to be is its own: /nix/store, where its inputs and outputs stand, and the numbers
 * of processes, so that nothing of it outlives it.
 */
import fs from 'node:fs';
import { BuildError } from '../errors.ts';
import { hasBytes } from './arguments.ts';
import type { Backend, Launch } from './backend.ts';
import { launcher } from './launcher.ts';
import { isRoot, staticShell } from './machine.ts';
import { type Prepared, placeOf } from './prepare.ts';
import { killNamespace, processesOf, sweep } from './process.ts';
import { throughShell } from './through-shell.ts';
import { asOurselves, asUser, util, viewOf } from './view.ts';

export class LocalBackend implements Backend {
  readonly name = 'local';
  readonly sandboxed = false;
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }

  launch(prepared: Prepared): Launch {
    const { request, folder, user, scratch } = prepared;
    const store = `/${request.inputsDirectory}`;
    makeStoreFolder(store);
    const seenIn = (at: string) => (place: string) => at + place.slice(folder.length);
    const storePlace = scratch.find(({ path: file }) => file === request.inputsDirectory)?.place ?? prepared.inputsFolder!;
    const view = viewOf(prepared, {
      wanted: true,
      ownProcesses: true,
      binds: (at) => [[seenIn(at)(storePlace), store]],
      cwd: (at) =>
        seenIn(at)(
          scratch.find(({ path: file }) => file === request.workingDirectory)?.place ??
            placeOf(request.workingDirectory, scratch) ??
            folder,
        ),
    });
    const moved = movedTexts(prepared, seenIn(view.folder));
    const environment = [...request.environment].map(([name, value]) => `${name}=${moved(value)}`);
    const { limits, constraints } = request;
    const command = [
      ...launcher({ system: constraints.system, limits, lastDescriptor: 2 }),
      ...view.command,
      ...(user === undefined ? asOurselves() : asUser(user)),
      // Only here: what is in it must not reach programs that run as root.
      ...env(),
      '-i',
      ...environment,
      ...request.command,
    ];
    return {
      command: command.some(hasBytes) ? throughShell(command, folder) : command,
      environment: {},
      cwd: '/',
      descriptors: [],
      user: undefined,
      kill: killNamespace,
      sweep: async () => {
        if (user !== undefined) await sweep(() => processesOf(user));
      },
      failure: (code, log) => (code === 125 ? `cannot mount what the build needs: ${log.trim()}` : undefined),
    };
  }
}

const env = (): readonly string[] => {
  const busybox = staticShell();
  return busybox === undefined ? [util('env')] : [busybox, 'env'];
};

function makeStoreFolder(store: string): void {
  if (fs.existsSync(store)) return;
  if (!isRoot()) throw new BuildError('sandbox', `builds without a sandbox need a folder '${store}' on this machine: mkdir -p ${store}`);
  fs.mkdirSync(store, { recursive: true });
}

/** Values that name a folder that the build writes to name the place where it lies on this machine. The store's has its own name. */
function movedTexts({ request, scratch }: Prepared, seen: (place: string) => string): (text: string) => string {
  const moved = scratch.filter(({ path: file }) => file !== request.inputsDirectory);
  return (text) => {
    const found = moved.find(({ path: file }) => text === `/${file}` || text.startsWith(`/${file}/`));
    return found ? seen(found.place) + text.slice(found.path.length + 1) : text;
  };
}
