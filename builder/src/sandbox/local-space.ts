/**
 * A place where builds of `local:` run, one after another: namespaces for mounts and processes, made once, and a shell in them that reads what it is to do. Starting
 * namespaces takes several milliseconds, and starting a program from a large process some more; the shell's fork takes neither.
 *
 * ```
 *   setpriv ── unshare ── sh (process 1)      all dies with it, and it dies with us
 *                          └ ( mounts; cd; exec setpriv … builder )
 * ```
 *
 * Where this machine has no folder for the store, the namespace has a root of its own: a tmpfs that shows all of the machine's, and the store's folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Exit } from './backend.ts';
import { LaunchShell, quoted, shellProgram, words } from './launch-shell.ts';
import { childrenOf, isZombie, killNamespace } from './process.ts';
import { fstabLine, isPassable, namespaceCommand, standIns, util } from './view.ts';

export interface LocalSpaceOptions {
  /** Absolute: where the store stands. */
  readonly store: string;
  /** The builder's folder, with those of builds in it. */
  readonly own: string;
  readonly isRoot: boolean;
}

export interface LocalBuild {
  /** Commands that mount what it needs. */
  readonly mounts: readonly string[];
  readonly cwd: string;
  readonly command: readonly string[];
}

export class LocalSpace {
  /** Where the builder's folder is to be found inside. */
  readonly seenOwn: string;
  readonly store: string;
  readonly #own: string;
  readonly #shell: LaunchShell;

  constructor({ store, own, isRoot }: LocalSpaceOptions) {
    this.store = store;
    this.#own = own;
    const standIn = isRoot && !isPassable(path.join(own, 'x')) ? standIns.find((each) => fs.existsSync(each)) : undefined;
    this.seenOwn = standIn ?? own;
    const script = [
      ...(fs.existsSync(store) ? [] : ownRoot(own, store)),
      ...(standIn === undefined ? [] : [`mount -o rbind ${quoted(own)} ${standIn}`]),
      'cd /',
      'exec "$@"',
    ];
    const namespace = namespaceCommand(isRoot ? 0 : undefined, { ownProcesses: true });
    this.#shell = new LaunchShell([...namespace, script.join(' && '), 'sh', ...shellProgram()]);
  }

  get alive(): boolean {
    return this.#shell.alive;
  }

  /** Starts a build; `log` is a FIFO in the builder's folder. */
  start({ mounts, cwd, command }: LocalBuild, log: string): Promise<Exit> {
    const steps = [...mounts, `cd ${quoted(cwd)}`].join(' && ');
    const script = `exec </dev/null >${quoted(this.seen(log))} 2>&1 3>&-; ${steps} || exit 125; exec ${words(command)}`;
    return this.#shell.run(script, { after: `umount -l ${quoted(this.store)};` });
  }

  seen(place: string): string {
    return this.seenOwn + place.slice(this.#own.length);
  }

  kill(): void {
    this.#shell.willEnd();
    if (this.#shell.alive && this.#shell.pid !== undefined) killNamespace(this.#shell.pid);
  }

  /** Whether nothing lives in it but its shell: orphans become the first process' children. */
  isEmpty(): boolean {
    const [first] = this.#shell.children();
    return first !== undefined && childrenOf(first).every(isZombie);
  }

  /** Ends it, and all that lives in it. */
  async close(): Promise<void> {
    await this.#shell.close(() => this.kill());
  }
}

/** Commands that make a root with all that the machine's has, and the store's folder. */
function ownRoot(own: string, store: string): string[] {
  const root = path.join(own, 'root');
  fs.mkdirSync(root, { recursive: true });
  const top = path.dirname(store).split('/')[1]!;
  const entries = fs.readdirSync('/', { withFileTypes: true }).filter(({ name }) => name !== top);
  const inside = ({ name }: fs.Dirent) => path.join(root, name);
  const folders = entries.filter((each) => each.isDirectory());
  const links = entries.filter((each) => each.isSymbolicLink());
  const fstab = path.join(own, 'root.fstab');
  // Another space may just be mounting what stands there: it must not find half of it.
  const unfinished = `${fstab}.new`;
  fs.writeFileSync(unfinished, folders.map((each) => fstabLine(`/${each.name}`, inside(each), 'rbind')).join(''));
  fs.renameSync(unfinished, fstab);
  const points = [...folders.map(inside), root + store, path.join(root, '.machine')];
  return [
    `mount -t tmpfs -o mode=755 vixen ${quoted(root)}`,
    `mkdir -p ${words(points)}`,
    ...links.map((each) => `ln -s ${words([fs.readlinkSync(`/${each.name}`), inside(each)])}`),
    `${quoted(util('mount'))} -a -T ${quoted(fstab)}`,
    `cd ${quoted(root)}`,
    'pivot_root . .machine',
    'umount -l /.machine',
    'rmdir /.machine',
  ];
}
