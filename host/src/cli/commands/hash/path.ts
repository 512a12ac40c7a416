// `nix hash path`, `nix hash file`, and the part of `nix-hash` that hashes (nix/hash.cc).
import { compressHash, formatHash, type HashAlgo, type HashFormat } from '@vixen/wasm';
import { type HashMode, hashPath } from '../../../node/hash-path.ts';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { UsageError } from '../../usage.ts';
import { algoFlag, parseFormat } from './convert.ts';

export interface HashOutput {
  readonly mode: HashMode;
  readonly algo: HashAlgo;
  readonly format: HashFormat;
  /** Fold to 20 bytes. */
  readonly truncate?: boolean;
  readonly signal: AbortSignal;
}

const truncatedSize = 20;

/** Prints the hashes of paths, a line each. */
export async function printHashes(paths: readonly string[], { mode, algo, format, truncate = false, signal }: HashOutput) {
  for (const path of paths) {
    const full = await hashPath(path, { mode, algo, signal });
    const digest = truncate && full.length > truncatedSize ? compressHash(full, truncatedSize) : full;
    writeOut(`${formatHash({ algo, digest }, format, false)}\n`);
  }
}

const modes: Readonly<Record<string, HashMode>> = { nar: 'nar', flat: 'flat' };

function parseMode(text: string): HashMode {
  if (Object.hasOwn(modes, text)) return modes[text]!;
  throw new UsageError(`unknown ingestion mode '\x0e${text}\x0f', expect 'nar' or 'flat'`);
}

function hashCommand(defaultMode: HashMode, about: string, examples: string[]) {
  return storeCommand({
    usage: '[FLAGS] PATH…',
    about,
    examples,
    create() {
      const paths: string[] = [];
      let mode = defaultMode;
      let algo: HashAlgo = 'sha256';
      let format: HashFormat = 'sri';
      const formatFlag = (name: string, value: HashFormat, help: string): Flag => ({ names: [name], help, run: () => (format = value) });
      const flags: Flag[] = [
        algoFlag(['--algo', '--type'], (name) => (algo = name)),
        formatFlag('--sri', 'sri', 'print SRI (default)'),
        formatFlag('--base64', 'base64', 'print base 64'),
        formatFlag('--base32', 'nix32', "print Nix's base 32"),
        formatFlag('--base16', 'base16', 'print base 16'),
        {
          names: ['--format'],
          labels: ['hash-format'],
          help: 'base16, nix32, base64 or sri',
          run: (name) => (format = parseFormat(name!)),
        },
      ];
      if (defaultMode === 'nar')
        flags.push({ names: ['--mode'], labels: ['mode'], help: 'nar (default) or flat', run: (name) => (mode = parseMode(name!)) });
      return {
        flags,
        positional: (path) => paths.push(path),
        run: ({ signal }) => printHashes(paths, { mode, algo, format, signal }),
      };
    },
  });
}

export const hashPathCommand = hashCommand('nar', 'Prints the hash of the archives (NAR) of paths.', [
  './result',
  '--mode flat --format nix32 file.tar',
]);
export const hashFileCommand = hashCommand('flat', 'Prints the hash of files.', ['file.tar', '--type sha512 --base16 file.tar']);
