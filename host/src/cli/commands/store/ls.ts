// `vixen store ls` and `cat`, `nix store ls` and `cat`: what lies in a store path (nix/ls.cc, nix/cat.cc).
import { type BrowsedDirectory, type BrowsedEntry, browse, findEntry, listingJson, type PathBrowser, StoreError } from '@vixen/store';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { requireCount, storeCommand } from '../../store/command.ts';
import { locate } from '../../store/paths.ts';
import { writeChunks } from '../../store/streams.ts';
import { UsageError } from '../../usage.ts';

export interface ListStyle {
  long: boolean;
  recursive: boolean;
  directory: boolean;
  json: boolean;
}

export const listFlags = (style: ListStyle): Flag[] => [
  { names: ['--recursive', '-R'], help: 'folders below, too', run: () => (style.recursive = true) },
  { names: ['--long', '-l'], help: 'modes and sizes', run: () => (style.long = true) },
  { names: ['--directory', '-d'], help: 'folders themselves, not what is in them', run: () => (style.directory = true) },
  { names: ['--json'], help: 'print JSON', run: () => (style.json = true) },
];

function modeOf(entry: BrowsedEntry): string {
  if (entry.type === 'directory') return 'dr-xr-xr-x';
  if (entry.type === 'symlink') return 'lrwxrwxrwx';
  return entry.executable ? '-r-xr-xr-x' : '-r--r--r--';
}

function line(entry: BrowsedEntry, shown: string, long: boolean): string {
  if (!long) return `${shown}\n`;
  const size = entry.type === 'regular' ? entry.size : 0n;
  return `${modeOf(entry)} ${String(size).padStart(20)} ${shown}${entry.type === 'symlink' ? ` -> ${entry.target}` : ''}\n`;
}

async function list(browser: PathBrowser, top: BrowsedEntry, name: string, style: ListStyle) {
  if (top.type !== 'directory' || style.directory) return writeOut(line(top, top.type === 'directory' ? '.' : name, style.long));
  const todo: { entry: BrowsedEntry; shown: string }[] = [];
  const open = async (entry: BrowsedDirectory, shown: string) => {
    const entries = await browser.entries(entry);
    for (const [child, found] of [...entries].reverse()) todo.push({ entry: found, shown: `${shown}/${child}` });
  };
  await open(top, '.');
  for (let next = todo.pop(); next; next = todo.pop()) {
    writeOut(line(next.entry, next.shown, style.long));
    if (style.recursive && next.entry.type === 'directory') await open(next.entry, next.shown);
  }
}

/** Prints what lies at a path below what is browsed. */
export async function printListing(browser: PathBrowser, rest: string, style: ListStyle) {
  if (style.json && style.directory) throw new UsageError("'\x0e--directory\x0f' is useless with '\x0e--json\x0f'");
  const top = await findEntry(browser, rest);
  if (style.json) return writeOut(`${JSON.stringify(await listingJson(browser, top, style.recursive))}\n`);
  await list(browser, top, rest.slice(rest.lastIndexOf('/') + 1), style);
}

export const storeLs = storeCommand({
  usage: '[FLAGS] PATH',
  about: 'Lists what lies at a path in the store.',
  examples: ['-lR ./result', '--json --recursive --store https://cache.nixos.org /nix/store/…-hello-2.12/bin'],
  create() {
    const words: string[] = [];
    const style: ListStyle = { long: false, recursive: false, directory: false, json: false };
    return {
      flags: listFlags(style),
      positional: (word) => words.push(word),
      async run(context) {
        requireCount(words, 1, 'a path');
        const store = await context.store();
        const { storePath, rest } = locate(store, words[0]!);
        await printListing(await browse(store, storePath, { signal: context.signal }), rest, style);
      },
    };
  },
});

export const storeCat = storeCommand({
  usage: '[FLAGS] PATH',
  about: 'Prints the contents of a file in the store.',
  examples: ['./result/share/doc/README'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run(context) {
        requireCount(words, 1, 'a path');
        const store = await context.store();
        const { storePath, rest } = locate(store, words[0]!);
        const browser = await browse(store, storePath, { signal: context.signal });
        const entry = await findEntry(browser, rest);
        if (entry.type !== 'regular') throw new StoreError('invalid', `path '${rest || '/'}' is not a regular file`);
        await writeChunks(browser.read(entry));
      },
    };
  },
});
