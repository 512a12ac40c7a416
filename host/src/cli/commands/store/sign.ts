// `vixen store sign`, `nix store sign`, `nix store copy-sigs` (nix/sigs.cc).
import { pathFingerprint, readSecretKeyFile } from '@vixen/store/formats';
import { storeCommand } from '../../store/command.ts';
import { PathSelection } from '../../store/selection.ts';
import { UsageError } from '../../usage.ts';

const sameContents = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

export const storeSign = storeCommand({
  usage: '--key-file FILE [FLAGS] PATH…',
  about: 'Signs store paths with a secret key.',
  examples: ['--key-file ~/.config/nix/cache.sec --recursive ./result'],
  create() {
    const selection = new PathSelection({ recursive: false });
    let file: string | undefined;
    return {
      flags: [
        { names: ['--key-file', '-k'], labels: ['file'], help: 'where the secret key is', run: (name) => (file = name!) },
        ...selection.flags,
      ],
      positional: selection.positional,
      async run(context) {
        if (file === undefined) throw new UsageError("required argument '\x0e--key-file\x0f' is missing");
        const key = await readSecretKeyFile(file);
        const store = await context.store();
        let added = 0;
        for (const info of await selection.resolve(context, store)) {
          const signature = key.sign(pathFingerprint(info));
          if (info.signatures.includes(signature)) continue;
          await store.addSignatures(info.path, [signature], { signal: context.signal });
          added += 1;
        }
        context.info(`added ${added} signatures`);
      },
    };
  },
});

export const copySignatures = storeCommand({
  usage: '--substituter URL [FLAGS] PATH…',
  about: 'Copies signatures of store paths from other stores.',
  examples: ['--substituter https://cache.nixos.org --recursive ./result'],
  create() {
    const selection = new PathSelection({ recursive: false });
    const urls: string[] = [];
    return {
      flags: [
        { names: ['--substituter', '-s'], labels: ['store-url'], help: 'where to copy from', run: (url) => urls.push(url!) },
        ...selection.flags,
      ],
      positional: selection.positional,
      async run(context) {
        if (urls.length === 0) throw new UsageError("you must specify at least one substituter using '\x0e-s\x0f'");
        const { signal } = context;
        const store = await context.store();
        const others = await Promise.all(urls.map((url) => context.open(url)));
        let added = 0;
        for (const info of await selection.resolve(context, store)) {
          const found = await Promise.all(others.map((other) => other.pathInfo(info.path, { signal })));
          const same = found.filter(
            (other) => other && sameContents(other.narHash, info.narHash) && String(other.references) === String(info.references),
          );
          const fresh = new Set(same.flatMap((other) => [...other!.signatures]));
          for (const known of info.signatures) fresh.delete(known);
          if (fresh.size > 0) await store.addSignatures(info.path, [...fresh], { signal });
          added += fresh.size;
        }
        context.info(`imported ${added} signatures`);
      },
    };
  },
});
