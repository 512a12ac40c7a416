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
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeText } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { Exit } from './backend.ts';
import { childrenOf, isZombie, killNamespace } from './process.ts';
import { fstabLine, isPassable, namespaceCommand, standIns, util } from './view.ts';

export interface LocalSpaceOptions {
  /** Absolute: where the store stands. */
  readonly store: string;
  /** The builder's folder, with those of builds in it. */
  readonly own: string;
  readonly isRoot: boolean;
  /** Comes before everything: what must not be inherited. */
  readonly launcher: readonly string[];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const words = (command: readonly string[]): string => command.map(quoted).join(' ');

export interface LocalBuild {
  /** Commands that mount what it needs. */
  readonly mounts: readonly string[];
  readonly cwd: string;
  readonly command: readonly string[];
}

export class LocalSpace {
  /** Where the builder's folder is to be found inside. */
  readonly seenOwn: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly store: string;
  readonly #own: string;
  #errors = '';
  #waiting: ((exit: Exit) => void) | undefined;
  #failed: ((error: BuildError) => void) | undefined;
  #alive = true;
  #killed = false;

  constructor({ store, own, isRoot, launcher }: LocalSpaceOptions) {
    this.store = store;
    this.#own = own;
    const standIn = isRoot && !isPassable(path.join(own, 'x')) ? standIns.find((each) => fs.existsSync(each)) : undefined;
    this.seenOwn = standIn ?? own;
    const script = [
      'umask 022',
      ...(fs.existsSync(store) ? [] : ownRoot(own, store)),
      ...(standIn === undefined ? [] : [`mount -o rbind ${quoted(own)} ${standIn}`]),
      'cd /',
      'exec "$@"',
    ];
    const [file, ...args] = [...launcher, ...namespaceCommand(isRoot ? 0 : undefined, { ownProcesses: true })] as [string, ...string[]];
    this.#child = spawn(file, [...args, script.join(' && '), 'sh', ...shellOf(args)], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
      stdio: 'pipe',
      detached: true,
    });
    this.#ended = this.#listen(this.#child);
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #listen(child: ChildProcess): Promise<void> {
    (child.stdout as Readable).setEncoding('utf8').on('data', (text: string) => this.#onAnswer(text));
    (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2048);
    });
    (child.stdin as Writable).on('error', () => {});
    this.ref(false);
    return new Promise((resolve) => {
      const end = (why: string) => {
        this.#alive = false;
        if (this.#killed) this.#waiting?.({ code: undefined, signal: 'SIGKILL' });
        else this.#failed?.(new BuildError('sandbox', `what runs builds has ended: ${this.#errors.trim() || why}`));
        resolve();
      };
      child.on('error', ({ message }) => end(message));
      child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  /** While no build runs, it keeps nobody from ending. */
  ref(wanted: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const each of [this.#child, stdin, stdout, stderr] as { ref?(): void; unref?(): void }[]) {
      if (wanted) each.ref?.();
      else each.unref?.();
    }
  }

  #answer = '';

  #onAnswer(text: string): void {
    this.#answer += text;
    if (!this.#answer.endsWith('\n')) return;
    const code = Number(this.#answer);
    this.#answer = '';
    this.#waiting?.({ code, signal: undefined });
  }

  /** Starts a build; `log` is a FIFO in the builder's folder. */
  start({ mounts, cwd, command }: LocalBuild, log: string): Promise<Exit> {
    const steps = [...mounts, `cd ${quoted(cwd)}`].join(' && ');
    const run = `(exec </dev/null >${quoted(this.seen(log))} 2>&1; ${steps} || exit 125; exec ${words(command)})`;
    const after = `r=$?; ${mounts.length > 0 ? `umount -l ${quoted(this.store)}; ` : ''}echo $r\n`;
    this.ref(true);
    this.#child.stdin!.write(encodeText(`${run}; ${after}`));
    return new Promise<Exit>((resolve, reject) => {
      this.#waiting = resolve;
      this.#failed = reject;
      if (!this.#alive) reject(new BuildError('sandbox', `what runs builds has ended: ${this.#errors.trim()}`));
    }).finally(() => {
      this.ref(false);
      this.#waiting = undefined;
      this.#failed = undefined;
    });
  }

  seen(place: string): string {
    return this.seenOwn + place.slice(this.#own.length);
  }

  kill(): void {
    this.#killed = true;
    if (this.#alive && this.pid !== undefined) killNamespace(this.pid);
  }

  /** Whether nothing lives in it but its shell: orphans become the first process' children. */
  isEmpty(): boolean {
    const [first] = this.pid === undefined ? [] : childrenOf(this.pid);
    return this.#alive && first !== undefined && childrenOf(first).every(isZombie);
  }

  /** Ends it, and all that lives in it. */
  async close(): Promise<void> {
    this.ref(true);
    this.kill();
    const again = setInterval(() => this.kill(), 20);
    await this.#ended;
    clearInterval(again);
  }
}

/** The shell of the namespace's command, for the script to go on as. */
const shellOf = (args: readonly string[]): readonly string[] => args.slice(args.lastIndexOf('--') + 1, -1);

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
  fs.writeFileSync(fstab, folders.map((each) => fstabLine(`/${each.name}`, inside(each), 'rbind')).join(''));
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
