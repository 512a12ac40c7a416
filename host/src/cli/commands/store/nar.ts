// `vixen store dump-path`, `nix store dump-path`, and `path-from-hash-part`.
import { notValid, StoreError } from '@vixen/store';
import { writeOut } from '../../output.ts';
import { requireCount, storeCommand } from '../../store/command.ts';
import { storePathOf } from '../../store/paths.ts';
import { writeChunks } from '../../store/streams.ts';

export const dumpStorePath = storeCommand({
  usage: '[FLAGS] PATH',
  about: 'Writes the archive (NAR) of a store path to stdout.',
  examples: ['./result > result.nar'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run(context) {
        requireCount(words, 1, 'a store path');
        const store = await context.store();
        const path = storePathOf(store, words[0]!);
        if (!(await store.pathInfo(path, { signal: context.signal }))) throw notValid(path);
        await writeChunks(store.nar(path, { signal: context.signal }));
      },
    };
  },
});

export const pathFromHashPart = storeCommand({
  usage: '[FLAGS] HASH-PART',
  about: 'Prints the store path that begins with these 32 digits.',
  examples: ['0i2jd68mp5g6h2sa5k9c85rb80sn8hi9'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run(context) {
        requireCount(words, 1, 'a hash part');
        const store = await context.store();
        const path = await store.pathFromHashPart(words[0]!, { signal: context.signal });
        if (path === undefined) throw new StoreError('not-found', `there is no store path corresponding to '${words[0]}'`);
        writeOut(`${path}\n`);
      },
    };
  },
});
