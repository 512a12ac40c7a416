/**
 * Shells that start builds, one after another, each for one build at a time. To start a program from a large process takes many milliseconds, in which that does
 * nothing else; the fork of a shell takes none. They die with us, and so does what they have started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { encodeText } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { Exit } from './backend.ts';
import { launcher } from './launcher.ts';
import { staticShell, systems } from './machine.ts';
import { childrenOf, kill } from './process.ts';
import { util } from './view.ts';

/** A word of a script that is written to a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
export const words = (command: readonly string[]): string => command.map(quoted).join(' ');

export const shellProgram = (): readonly string[] => {
  const busybox = staticShell();
  return busybox === undefined ? [util('sh')] : [busybox, 'sh'];
};

/** What every build's shell is: without descriptors of ours, and with the personality of builds for this machine's own system. */
const prefix = (): readonly string[] => [
  ...launcher({ system: systems()[0]!, limits: undefined, lastDescriptor: 2 }),
  util('setpriv'),
  '--pdeathsig',
  'KILL',
];

interface Run {
  readonly resolve: (exit: Exit) => void;
  readonly reject: (error: BuildError) => void;
  readonly onLine: ((line: string) => void) | undefined;
}

export class LaunchShell {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #errors = '';
  #lines = '';
  #run: Run | undefined;
  #end: string | undefined;
  #killed = false;

  /** `command` becomes a shell that reads its script from standard input. */
  constructor(command: readonly string[] = shellProgram()) {
    const [file, ...args] = [...prefix(), ...command] as [string, ...string[]];
    const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };
    this.#child = spawn(file, args, { cwd: '/', env, stdio: 'pipe', detached: true });
    this.#ended = this.#listen(this.#child);
    this.#child.stdin!.write('umask 022\n');
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #listen(child: ChildProcess): Promise<void> {
    (child.stdout as Readable).setEncoding('utf8').on('data', (text: string) => this.#onOutput(text));
    (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2048);
    });
    (child.stdin as Writable).on('error', () => {});
    this.#ref(false);
    return new Promise((resolve) => {
      const end = (why: string) => {
        this.#end ??= this.#errors.trim() || why;
        if (this.#killed) this.#run?.resolve({ code: undefined, signal: 'SIGKILL' });
        else this.#run?.reject(this.#failure());
        resolve();
      };
      child.on('error', ({ message }) => end(message));
      child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  #failure = (): BuildError => new BuildError('sandbox', `the shell that starts builds has ended: ${this.#end}`);

  /** While no build runs, it keeps nobody from ending. */
  #ref(wanted: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const each of [this.#child, stdin, stdout, stderr] as { ref?(): void; unref?(): void }[]) {
      if (wanted) each.ref?.();
      else each.unref?.();
    }
  }

  #onOutput(text: string): void {
    const lines = (this.#lines + text).split('\n');
    this.#lines = lines.pop()!;
    for (const line of lines) {
      if (/^\d+$/.test(line)) this.#run?.resolve({ code: Number(line), signal: undefined });
      else this.#run?.onLine?.(line);
    }
  }

  /**
   * Runs a script in a subshell, then `after` in the shell itself. Descriptor 3 is for lines to `onLine`.
   */
  run(script: string, { after = '', onLine }: { readonly after?: string; readonly onLine?: (line: string) => void } = {}): Promise<Exit> {
    this.#ref(true);
    this.#child.stdin!.write(encodeText(`(exec 3>&1; ${script}); r=$?; ${after} echo $r\n`));
    return new Promise<Exit>((resolve, reject) => {
      this.#run = { resolve, reject, onLine };
      if (!this.alive) reject(this.#failure());
    }).finally(() => {
      this.#ref(false);
      this.#run = undefined;
    });
  }

  /** What it has started. */
  children(): number[] {
    return this.pid === undefined || !this.alive ? [] : childrenOf(this.pid);
  }

  /** Ends it by `end`, which is called until it has ended. */
  async close(end: () => void): Promise<void> {
    this.#ref(true);
    this.willEnd();
    end();
    const again = setInterval(end, 20);
    await this.#ended;
    clearInterval(again);
  }

  /** Its end is wanted, and no failure. */
  willEnd(): void {
    this.#killed = true;
  }
}

/** Those that run no build are kept. */
export class LaunchShells {
  readonly #free: LaunchShell[] = [];
  readonly #all: LaunchShell[] = [];

  take(): LaunchShell {
    for (let free = this.#free.pop(); free; free = this.#free.pop()) if (free.alive) return free;
    const shell = new LaunchShell();
    this.#all.push(shell);
    return shell;
  }

  give(shell: LaunchShell): void {
    this.#free.push(shell);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((shell) => shell.close(() => shell.pid !== undefined && kill(shell.pid))));
  }
}
