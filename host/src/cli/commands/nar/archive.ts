// `nix nar ls`, `cat` and `pack`: archives in files (nix/nar.cc, nix/ls.cc, nix/cat.cc).
import fs from 'node:fs';
import { archiveBrowser, findEntry, StoreError } from '@vixen/store';
import { dumpTree } from '@vixen/store/tree';
import { requireCount, storeCommand } from '../../store/command.ts';
import { writeChunks } from '../../store/streams.ts';
import { type ListStyle, listFlags, printListing } from '../store/ls.ts';

const browserOf = (file: string, signal: AbortSignal) => archiveBrowser(() => fs.createReadStream(file, { signal }));

export const narLs = storeCommand({
  usage: '[FLAGS] NAR PATH',
  about: 'Lists what lies at a path in an archive.',
  examples: ['-lR hello.nar /'],
  create() {
    const words: string[] = [];
    const style: ListStyle = { long: false, recursive: false, directory: false, json: false };
    return {
      flags: listFlags(style),
      positional: (word) => words.push(word),
      async run({ signal }) {
        requireCount(words, 2, 'an archive and a path');
        await printListing(await browserOf(words[0]!, signal), words[1]!, style);
      },
    };
  },
});

export const narCat = storeCommand({
  usage: '[FLAGS] NAR PATH',
  about: 'Prints the contents of a file in an archive.',
  examples: ['hello.nar /share/doc/README'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run({ signal }) {
        requireCount(words, 2, 'an archive and a path');
        const browser = await browserOf(words[0]!, signal);
        const entry = await findEntry(browser, words[1]!);
        if (entry.type !== 'regular') throw new StoreError('invalid', `NAR does not contain regular file '${words[1]}'`);
        await writeChunks(browser.read(entry));
      },
    };
  },
});

export const narPack = storeCommand({
  usage: '[FLAGS] PATH > FILE',
  about: 'Writes the archive of a file or folder to stdout.',
  examples: ['./src > src.nar'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run({ signal }) {
        requireCount(words, 1, 'a path');
        await writeChunks(dumpTree(words[0]!, { signal }));
      },
    };
  },
});
