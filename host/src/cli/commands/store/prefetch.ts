// `nix store prefetch-file`: a file from elsewhere, into the store (nix/prefetch.cc).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StoreError } from '@vixen/store';
import { formatHash, type HashAlgo, parseHash, sri } from '@vixen/wasm';
import { addFiles } from '../../../node/archives.ts';
import { createDownloader } from '../../../node/fetch/download.ts';
import { hashPath } from '../../../node/hash-path.ts';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { requireCount, storeCommand } from '../../store/command.ts';
import type { StoreContext } from '../../store/context.ts';
import { algoFlag } from '../hash/convert.ts';

interface Wanted {
  url: string;
  name: string;
  algo: HashAlgo;
  expected: string | undefined;
}

const hashMismatch = 102;

async function prefetch(
  context: StoreContext,
  { url, name, algo, expected }: Wanted,
): Promise<{ hash: string; storePath: string } | number> {
  const { signal } = context;
  const download = createDownloader({ attempts: context.config.settings.int('download-attempts'), warn: (text) => context.warn(text) });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-prefetch-'));
  try {
    const file = path.join(folder, 'file');
    const { body } = await download({ url, etag: undefined });
    if (!body) throw new StoreError('unavailable', `unable to download '${url}'`);
    await pipeline(body, fs.createWriteStream(file), { signal });
    const hash = { algo, digest: await hashPath(file, { mode: 'flat', algo, signal }) };
    const wanted = expected === undefined ? undefined : parseHash(expected, algo);
    if (wanted && sri(wanted) !== sri(hash)) {
      context.error(`hash mismatch for file '${url}'\n  specified: ${sri(wanted)}\n  got:       ${sri(hash)}`);
      return hashMismatch;
    }
    const { path: storePath } = await addFiles(await context.store(), { source: file, name, method: 'flat', algo, signal });
    return { hash: formatHash(hash, 'sri'), storePath };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export const prefetchFile = storeCommand({
  usage: '[FLAGS] URL',
  about: 'Downloads a file into the store, and prints its hash.',
  examples: ['https://example.org/hello-2.12.tar.gz', '--json --name hello.tar.gz file:///tmp/hello.tar.gz'],
  create() {
    const words: string[] = [];
    let name: string | undefined;
    let expected: string | undefined;
    let algo: HashAlgo = 'sha256';
    let json = false;
    const flags: Flag[] = [
      { names: ['--name'], labels: ['name'], help: "the name in the store; the URL's last part otherwise", run: (text) => (name = text!) },
      { names: ['--expected-hash'], labels: ['hash'], help: 'fail unless the file has this hash', run: (text) => (expected = text!) },
      algoFlag(['--hash-type', '--hash-algo'], (value) => (algo = value)),
      { names: ['--json'], help: 'print JSON', run: () => (json = true) },
    ];
    return {
      flags,
      positional: (word) => words.push(word),
      async run(context) {
        requireCount(words, 1, 'a URL');
        const url = words[0]!;
        const result = await prefetch(context, { url, name: name ?? path.basename(new URL(url).pathname), algo, expected });
        if (typeof result === 'number') return result;
        if (json) writeOut(`${JSON.stringify({ hash: result.hash, storePath: result.storePath })}\n`);
        else context.info(`Downloaded '\x0e${url}\x0f' to '\x0e${result.storePath}\x0f' (hash '\x0e${result.hash}\x0f').`);
        return 0;
      },
    };
  },
});
