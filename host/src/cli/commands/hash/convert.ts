// `nix hash convert`, its older forms `nix hash to-…`, and the part of `nix-hash` that converts (nix/hash.cc).
import { formatHash, type HashAlgo, type HashFormat, parseHashAlgo, parseHashWithFormat } from '@vixen/wasm';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { type StoreCommandSpec, storeCommand } from '../../store/command.ts';
import { UsageError } from '../../usage.ts';

const formats: Readonly<Record<string, HashFormat>> = { base16: 'base16', nix32: 'nix32', base32: 'nix32', base64: 'base64', sri: 'sri' };

/** Reads the name of a format (libutil/hash.cc `parseHashFormat`). */
export function parseFormat(text: string): HashFormat {
  if (Object.hasOwn(formats, text)) return formats[text]!;
  throw new UsageError(`unknown hash format '\x0e${text}\x0f', expect 'base16', 'base32', 'base64', or 'sri'`);
}

/** The flag that names a hash algorithm. */
export const algoFlag = (names: string[], set: (algo: HashAlgo) => void): Flag => ({
  names,
  labels: ['hash-algo'],
  help: 'blake3, md5, sha1, sha256 or sha512',
  run: (text) => set(parseHashAlgo(text!)),
});

/** Prints hashes in another format. */
export function printConverted(texts: readonly string[], to: HashFormat, algo: HashAlgo | undefined, from?: HashFormat) {
  for (const text of texts) {
    const { hash, format } = parseHashWithFormat(text, algo);
    if (from !== undefined && from !== format) {
      throw new UsageError(`input hash '\x0e${text}\x0f' has format '\x0e${format}\x0f', but '--from \x0e${from}\x0f' was specified`);
    }
    writeOut(`${formatHash(hash, to, false)}\n`);
  }
}

export const hashConvert = storeCommand({
  usage: '[FLAGS] HASH…',
  about: 'Converts hashes between formats.',
  examples: [
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= --to base16',
    '--hash-algo sha1 --from nix32 --to sri 7kfr5qbkm2zgqgnxrs2bpxhvkdlgd0na',
  ],
  create() {
    const texts: string[] = [];
    let to: HashFormat = 'sri';
    let from: HashFormat | undefined;
    let algo: HashAlgo | undefined;
    const flags: Flag[] = [
      algoFlag(['--hash-algo'], (name) => (algo = name)),
      { names: ['--from'], labels: ['hash-format'], help: 'insist on this format', run: (name) => (from = parseFormat(name!)) },
      {
        names: ['--to'],
        labels: ['hash-format'],
        help: 'base16, nix32, base64 or sri (default)',
        run: (name) => (to = parseFormat(name!)),
      },
    ];
    return { flags, positional: (text) => texts.push(text), run: async () => printConverted(texts, to, algo, from) };
  },
});

const older = (to: HashFormat, title: string): StoreCommandSpec => ({
  usage: '[FLAGS] HASH…',
  about: `Converts hashes to ${title}; 'convert' is the newer way.`,
  examples: ['--type sha1 7kfr5qbkm2zgqgnxrs2bpxhvkdlgd0na'],
  create() {
    const texts: string[] = [];
    let algo: HashAlgo | undefined;
    return {
      flags: [algoFlag(['--type'], (name) => (algo = name))],
      positional: (text) => texts.push(text),
      async run(context) {
        context.warn('The old format conversion subcommands of `nix hash` were deprecated in favor of `nix hash convert`.');
        printConverted(texts, to, algo);
      },
    };
  },
});

export const hashToBase16 = storeCommand(older('base16', 'base 16'));
export const hashToBase32 = storeCommand(older('nix32', "Nix's base 32"));
export const hashToBase64 = storeCommand(older('base64', 'base 64'));
export const hashToSri = storeCommand(older('sri', 'SRI'));
