// `vixen store verify`, `nix store verify`: contents and signatures of paths (nix/verify.cc).
import type { PathInfo, Store } from '@vixen/store';
import { isContentAddressed, PublicKeys, pathFingerprint } from '@vixen/store/formats';
import { formatHash, StoreDir } from '@vixen/wasm';
import { nodeHashers } from '../../../node/hashing.ts';
import type { Flag } from '../../flags.ts';
import { log } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import type { StoreContext } from '../../store/context.ts';
import { PathSelection } from '../../store/selection.ts';
import { UsageError } from '../../usage.ts';

/** Bits of the exit code. */
const corrupted = 1;
const untrusted = 2;
const failed = 4;

interface Wanted {
  contents: boolean;
  trust: boolean;
  signatures: number;
  substituters: Store[];
}

const nix32 = (digest: Uint8Array) => formatHash({ algo: 'sha256', digest }, 'nix32');

/** What is wrong with a path's contents; undefined where nothing is. */
export async function damageOf(store: Store, { path, narHash }: PathInfo, signal: AbortSignal): Promise<string | undefined> {
  const hasher = nodeHashers('sha256');
  for await (const chunk of store.nar(path, { signal })) hasher.update(chunk);
  const found = nix32(hasher.digest());
  const expected = nix32(narHash);
  return found === expected ? undefined : `path '${path}' was modified! expected hash '${expected}', got '${found}'`;
}

async function isTrusted(context: StoreContext, info: PathInfo, { signatures, substituters }: Wanted): Promise<boolean> {
  if (info.ultimate && signatures === 0) return true;
  const names = new StoreDir(nodeHashers);
  if (isContentAddressed(names, info)) return true;
  const found = new Set(info.signatures);
  for (const store of substituters) {
    const other = await store.pathInfo(info.path, { signal: context.signal });
    if (other && isContentAddressed(names, other)) return true;
    for (const signature of other?.signatures ?? []) found.add(signature);
  }
  const keys = PublicKeys.parse(context.config.settings.list('trusted-public-keys'));
  return keys.signers(pathFingerprint(info), [...found]).size >= Math.max(1, signatures);
}

async function check(context: StoreContext, store: Store, info: PathInfo, wanted: Wanted): Promise<number> {
  let result = 0;
  try {
    const damage = wanted.contents ? await damageOf(store, info, context.signal) : undefined;
    if (damage) {
      log(`error: ${damage}`);
      result |= corrupted;
    }
    if (wanted.trust && !(await isTrusted(context, info, wanted))) {
      log(`error: path '${info.path}' is untrusted`);
      result |= untrusted;
    }
  } catch (error) {
    context.signal.throwIfAborted();
    log(`error: ${error instanceof Error ? error.message : String(error)}`);
    result |= failed;
  }
  return result;
}

function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`'\x0e${text}\x0f' is not a number`);
}

export const storeVerify = storeCommand({
  usage: '[FLAGS] PATH…',
  about:
    'Verifies contents and signatures of store paths. Exit code: 1 contents differ, 2 a path is not trusted, 4 something failed, or their sum.',
  examples: ['--all', '--no-trust ./result', '--recursive --sigs-needed 2 ./result'],
  create() {
    const selection = new PathSelection({ recursive: false });
    const wanted: Wanted = { contents: true, trust: true, signatures: 0, substituters: [] };
    const urls: string[] = [];
    const flags: Flag[] = [
      { names: ['--no-contents'], help: 'do not look at contents', run: () => (wanted.contents = false) },
      { names: ['--no-trust'], help: 'do not look at signatures', run: () => (wanted.trust = false) },
      {
        names: ['--sigs-needed', '-n'],
        labels: ['n'],
        help: 'ask for signatures of so many keys',
        run: (n) => (wanted.signatures = parseCount(n!)),
      },
      { names: ['--substituter', '-s'], labels: ['store-url'], help: 'use signatures of that store, too', run: (url) => urls.push(url!) },
      ...selection.flags,
    ];
    return {
      flags,
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        wanted.substituters = await Promise.all(urls.map((url) => context.open(url)));
        let result = 0;
        for (const info of await selection.resolve(context, store)) result |= await check(context, store, info, wanted);
        return result;
      },
    };
  },
});
