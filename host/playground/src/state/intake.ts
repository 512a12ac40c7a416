// Files from the reader's computer: chosen, or dropped, folders with all that is in them.
import type { Contents } from './workspace.ts';

export interface Incoming {
  name: string;
  contents: Contents;
}

export class IntakeError extends Error {
  override readonly name = 'IntakeError';
  readonly code = 'PLAYGROUND_INTAKE';
}

const mostFiles = 2000;
const mostBytes = 32 * 2 ** 20;
const ignored = new Set(['.git', 'node_modules', '.direnv', '.DS_Store']);

const isIgnored = (name: string) => name.split('/').some((part) => ignored.has(part));

/** Text where it is UTF-8, bytes otherwise. */
export function contentsOf(bytes: Uint8Array): Contents {
  if (bytes.includes(0)) return bytes;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

async function readAll(files: readonly { name: string; file: Blob }[]): Promise<Incoming[]> {
  const wanted = files.filter(({ name }) => !isIgnored(name));
  if (wanted.length > mostFiles) throw new IntakeError(`These are ${wanted.length} files; the playground takes ${mostFiles} at once.`);
  const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > mostBytes)
    throw new IntakeError(`These are ${Math.ceil(bytes / 2 ** 20)} MiB; the playground takes ${mostBytes / 2 ** 20} at once.`);
  return Promise.all(wanted.map(async ({ name, file }) => ({ name, contents: contentsOf(new Uint8Array(await file.arrayBuffer())) })));
}

/** What was chosen in the browser's dialog. */
export function readChosen(files: Iterable<File>): Promise<Incoming[]> {
  return readAll([...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
}

/** What was dropped. */
export async function readDropped(items: DataTransferItemList): Promise<Incoming[]> {
  // What is dropped can be looked at only now, so all of it is taken before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files = [...items].filter((item) => item.kind === 'file' && !item.webkitGetAsEntry()).map((item) => item.getAsFile());
  const found: { name: string; file: Blob }[] = files.filter((file) => file !== null).map((file) => ({ name: file.name, file }));
  for (let entry = entries.shift(); entry; entry = entries.shift()) {
    const name = entry.fullPath.replace(/^\//, '');
    if (isIgnored(name)) continue;
    if (entry.isDirectory) entries.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
    else found.push({ name, file: await fileOf(entry as FileSystemFileEntry) });
    if (found.length > mostFiles) break;
  }
  return readAll(found);
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A reader gives a hundred or so at a time, and nothing at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...some);
  }
}
