// The drop-in `nix-hash` (nix/hash.cc `compatNixHash`).
import type { HashAlgo, HashFormat } from '@vixen/wasm';
import { algoFlag, printConverted } from '../commands/hash/convert.ts';
import { printHashes } from '../commands/hash/path.ts';
import type { Flag } from '../flags.ts';
import { writeOut } from '../output.ts';
import { storeCommand } from '../store/command.ts';
import { nixVersion } from '../version.ts';

export const nixHash = storeCommand({
  usage: '[FLAGS] PATH… | --to-FORMAT HASH…',
  about: 'Prints the hashes of paths (their archives, unless --flat), or converts hashes.',
  examples: ['--type sha256 --base32 ./src', '--flat --type sha256 file.tar', '--type sha256 --to-sri HASH'],
  create() {
    const words: string[] = [];
    let algo: HashAlgo | undefined;
    let format: HashFormat = 'base16';
    let flat = false;
    let truncate = false;
    let convert = false;
    let version = false;
    const print = (name: string, value: HashFormat, help: string): Flag => ({ names: [name], help, run: () => (format = value) });
    const to = (name: string, value: HashFormat): Flag => ({
      names: [name],
      help: 'convert hashes',
      run: () => {
        convert = true;
        format = value;
      },
    });
    const flags: Flag[] = [
      { names: ['--flat'], help: 'hash the bytes of files', run: () => (flat = true) },
      algoFlag(['--type'], (name) => (algo = name)),
      print('--base16', 'base16', 'print base 16 (default)'),
      print('--base32', 'nix32', "print Nix's base 32"),
      print('--base64', 'base64', 'print base 64'),
      print('--sri', 'sri', 'print SRI'),
      { names: ['--truncate'], help: 'fold to 160 bits', run: () => (truncate = true) },
      to('--to-base16', 'base16'),
      to('--to-base32', 'nix32'),
      to('--to-base64', 'base64'),
      to('--to-sri', 'sri'),
      { names: ['--version'], help: 'print the version', run: () => (version = true) },
    ];
    return {
      flags,
      positional: (word) => words.push(word),
      async run({ signal }) {
        if (version) return writeOut(`nix-hash (Nix) ${nixVersion}\n`);
        if (convert) return printConverted(words, format, algo);
        await printHashes(words, { mode: flat ? 'flat' : 'nar', algo: algo ?? 'md5', format, truncate, signal });
      },
    };
  },
});
