/** snix.store.v1: path infos as a Snix client asks for them, and vixen's checks of what it registers. */
import { type PathInfo as PathInfoMessage, PathInfoServiceDefinition } from '@vixen/proto/store';
import { nix32 } from '@vixen/wasm';
import { checkContents } from '../../castore/content-check.ts';
import { nodeOfEntry } from '../../castore/message.ts';
import { renderNar } from '../../castore/nar-render.ts';
import type { Node } from '../../castore/node.ts';
import { notFound, StoreError, unsupported } from '../../errors.ts';
import { nativeHashers } from '../../hashing.ts';
import type { PathInfo } from '../../path-info.ts';
import type { CallOptions, Castore, Store } from '../../service.ts';
import { batched } from '../limits.ts';
import { type Served, serve } from '../serve.ts';
import { pathInfoOfSnix, snixPathInfo } from '../snix-path-info.ts';

const hashPartSize = 20;

export function snixPathInfos(store: Store, castore: Castore): Served {
  return serve(
    PathInfoServiceDefinition,
    { get: 'read', put: 'register-paths', calculateNAR: 'read', list: 'read' },
    {
      async get({ byWhat }, { signal }) {
        if (!byWhat) throw new StoreError('invalid', 'by_what is missing');
        if (byWhat.value.length !== hashPartSize) {
          throw new StoreError('invalid', `a hash part has ${byWhat.value.length} bytes, not ${hashPartSize}`);
        }
        const hashPart = nix32.encode(byWhat.value);
        const path = await store.pathFromHashPart(hashPart, { signal });
        const info = path === undefined ? undefined : await store.pathInfo(path, { signal });
        if (!info) throw notFound(`a path beginning with ${hashPart}`);
        return snixPathInfo(info, store.directory);
      },
      async put(message, { signal, rights }) {
        const info = pathInfoOfSnix(message, store.directory);
        // A client of Snix cannot say that it wants signatures to be overlooked: whoever may do that, does.
        await registerChecked(store, castore, [info], { signal, checkSignatures: !rights.has('administer') });
        // A path that was there before has stayed as it was, but for this.
        if (info.signatures.length > 0) await store.addSignatures(info.path, info.signatures, { signal });
        return snixPathInfo((await store.pathInfo(info.path, { signal })) ?? info, store.directory);
      },
      async calculateNAR(entry, { signal }) {
        return narOf(castore, nodeOfEntry(entry).node, { signal });
      },
      list: (_, { signal }) => listed(store, { signal }),
    },
  );
}

/** Registers paths that are in the castore, after making sure that what is said of their archives is so. */
export async function registerChecked(
  store: Store,
  castore: Castore,
  infos: readonly PathInfo[],
  options: CallOptions & { readonly checkSignatures?: boolean; readonly repair?: boolean },
): Promise<void> {
  if (!store.register) throw unsupported(store.url, 'registering what is in its castore');
  for (const info of infos) await checkContents(castore, info, store.directory, options);
  await store.register(infos, options);
}

async function narOf(castore: Castore, node: Node, options: CallOptions): Promise<{ narSize: bigint; narSha256: Uint8Array }> {
  const hasher = nativeHashers('sha256');
  let size = 0n;
  for await (const chunk of renderNar(castore, node, options)) {
    hasher.update(chunk);
    size += BigInt(chunk.length);
  }
  return { narSize: size, narSha256: hasher.digest() };
}

async function* listed(store: Store, options: CallOptions): AsyncGenerator<PathInfoMessage, void, void> {
  // A path stands for about as many bytes as its info has.
  for await (const paths of batched(store.paths(options), () => 1024)) {
    // What lies outside of the castore has no words here.
    for (const info of (await store.pathInfos(paths, options)).values()) if (info.node) yield snixPathInfo(info, store.directory);
  }
}
