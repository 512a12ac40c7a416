/** What this machine has. Looked up once a process: programs do not come and go. */
import fs from 'node:fs';
import path from 'node:path';

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin'];
const found = new Map<string, string | undefined>();

const isProgram = (file: string): boolean => {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Where a program of this machine lies; PATH comes first. */
export function findProgram(name: string): string | undefined {
  if (found.has(name)) return found.get(name);
  const named = (process.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const file = [...named, ...folders].map((folder) => path.join(folder, name)).find(isProgram);
  found.set(name, file);
  return file;
}

export const isRoot = (): boolean => process.geteuid?.() === 0;

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' };

/** What this machine runs: `x86_64-linux`, and the 32-bit system beside it. */
export function systems(): readonly string[] {
  const machine = machines[process.arch] ?? process.arch;
  const own = `${machine}-${process.platform}`;
  return machine === 'x86_64' ? [own, `i686-${process.platform}`] : [own];
}

/** PT_INTERP, and where the file's head tells of program headers. */
const programHeader = { interpreter: 3, at: 32, size: 54, count: 56 } as const;

/** Whether a program needs no loader: a 64-bit ELF file without PT_INTERP (elf(5)). */
export function isStatic(file: string): boolean {
  let fd: number | undefined;
  try {
    fd = fs.openSync(file, 'r');
    const head = Buffer.alloc(4096);
    const length = fs.readSync(fd, head, 0, head.length, 0);
    if (length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2) return false;
    const [at, size, count] = [
      Number(head.readBigUInt64LE(programHeader.at)),
      head.readUInt16LE(programHeader.size),
      head.readUInt16LE(programHeader.count),
    ];
    if (at + size * count > length) return false;
    return !Array.from({ length: count }, (_, i) => head.readUInt32LE(at + i * size)).includes(programHeader.interpreter);
  } catch {
    return false;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

const shells = ['/bin/busybox', '/usr/bin/busybox', '/bin/busybox.static', '/usr/bin/busybox.static', '/usr/lib/busybox/busybox'];
let shell: { readonly file: string | undefined } | undefined;

/** A static shell for builds; undefined where there is none. */
export function staticShell(): string | undefined {
  shell ??= { file: [...shells, ...installed('busybox')].find((file) => isProgram(file) && isStatic(file)) };
  return shell.file;
}

function installed(name: string): string[] {
  const file = findProgram(name);
  return file === undefined ? [] : [fs.realpathSync(file)];
}
