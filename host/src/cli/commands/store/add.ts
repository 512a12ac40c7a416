// `vixen store add`, `nix store add`: files of this machine into the store (nix/add-to-store.cc).
import path from 'node:path';
import { type AddMethod, isAddMethod } from '@vixen/store';
import { type HashAlgo, parseHashAlgo } from '@vixen/wasm';
import { addFiles, describeFiles } from '../../../node/archives.ts';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { requireCount, storeCommand } from '../../store/command.ts';
import { UsageError } from '../../usage.ts';

function parseMode(text: string): AddMethod {
  if (isAddMethod(text)) return text;
  throw new UsageError(`unknown content address method '\x0e${text}\x0f', expect 'flat', 'nar' or 'text'`);
}

function addCommand(defaultMode: AddMethod, about: string) {
  return storeCommand({
    usage: '[FLAGS] PATH…',
    about,
    examples: ['./src', '--name hello --mode flat ./hello-2.12.tar.gz', '--dry-run ./src'],
    create() {
      const words: string[] = [];
      let name: string | undefined;
      let method = defaultMode;
      let algo: HashAlgo = 'sha256';
      let dryRun = false;
      const flags: Flag[] = [
        {
          names: ['--name', '-n'],
          labels: ['name'],
          help: "the name in the store; the path's own otherwise",
          run: (text) => (name = text!),
        },
        {
          names: ['--mode'],
          labels: ['mode'],
          help: 'nar (the archive is hashed; default), flat (the bytes), text',
          run: (text) => (method = parseMode(text!)),
        },
        {
          names: ['--hash-algo'],
          labels: ['hash-algo'],
          help: 'sha256 (default), sha512, sha1, md5, blake3',
          run: (text) => (algo = parseHashAlgo(text!)),
        },
        { names: ['--dry-run'], help: 'print the path, add nothing', run: () => (dryRun = true) },
      ];
      return {
        flags,
        positional: (word) => words.push(word),
        async run(context) {
          requireCount(words, 1, 'a path');
          if (name !== undefined && words.length > 1) throw new UsageError('a name can be given to one path only');
          for (const word of words) {
            const source = path.resolve(word);
            const request = { source, name: name ?? path.basename(source), method, algo, signal: context.signal };
            const info = dryRun ? await describeFiles('/nix/store', request) : await addFiles(await context.store(), request);
            writeOut(`${info.path}\n`);
          }
        },
      };
    },
  });
}

export const storeAdd = addCommand('nar', 'Adds files and folders to the store, and prints their paths.');
export const storeAddFile = addCommand('flat', 'Adds a file to the store by the hash of its bytes.');
