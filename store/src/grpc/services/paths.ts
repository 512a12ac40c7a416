/** vixen.store.v1.PathService and StoreService: store paths and their archives. */
import { type PathInfo as PathInfoMessage, PathServiceDefinition, type Problem, StoreServiceDefinition } from '@vixen/proto/vixen';
import { notFound, StoreError, unsupported } from '../../errors.ts';
import { isHashPart } from '../../formats/store-path.ts';
import type { AddOptions, CallOptions, Store } from '../../service.ts';
import { eventsOf } from '../events.ts';
import { batchCount, batched, batches, pieces } from '../limits.ts';
import { headed, pathInfoMessage, pathInfoOfMessage, sizeOfInfo } from '../messages.ts';
import { type Served, type ServerCall, serve } from '../serve.ts';
import { registerChecked } from './snix-path-info.ts';

export function storeService(store: Store, version: string): Served {
  return serve(StoreServiceDefinition, undefined, {
    async describe(_, { rights }) {
      return {
        version,
        directory: store.directory,
        priority: store.priority,
        castore: store.castore !== undefined && store.register !== undefined,
        collector: store.collector !== undefined,
        realisations: store.realisations !== undefined,
        logs: store.logs !== undefined,
        checkoutRoot: store.checkouts?.root,
        mayWriteBlobs: rights.has('write-blobs'),
        mayRegisterPaths: rights.has('register-paths'),
        mayAdminister: rights.has('administer'),
      };
    },
  });
}

export function pathService(store: Store): Served {
  return serve(
    PathServiceDefinition,
    {
      getPaths: 'read',
      findPath: 'read',
      listPaths: 'read',
      getReferrers: 'read',
      readNar: 'read',
      addNar: 'register-paths',
      registerPaths: 'register-paths',
      addSignatures: 'register-paths',
      verify: 'administer',
      checkout: 'read',
    },
    {
      getPaths: ({ paths }, { signal }) => infoBatches(store, paths, { signal }),
      async findPath({ hashPart }, { signal }) {
        if (!isHashPart(hashPart)) throw new StoreError('invalid', `'${hashPart}' is not the hash part of a store path`);
        const path = await store.pathFromHashPart(hashPart, { signal });
        if (path === undefined) throw notFound(`a path beginning with ${hashPart}`);
        return { path };
      },
      listPaths: (_, { signal }) => pathBatches(store.paths({ signal })),
      async *getReferrers({ path }, { signal }) {
        for (const paths of batches(await store.referrers(path, { signal }), sizeOfPath)) yield { paths };
      },
      readNar: ({ path }, { signal }) => pieces(store.nar(path, { signal })),
      async addNar(parts, call) {
        const { head, data } = await headed(parts, 'head');
        await store.add(pathInfoOfMessage(required(head.info)), data, policyOf(head.policy, call));
        return {};
      },
      async registerPaths({ infos, policy }, call) {
        if (!store.castore) throw unsupported(store.url, 'registering what is in its castore');
        await registerChecked(store, store.castore, infos.map(pathInfoOfMessage), policyOf(policy, call));
        return {};
      },
      async addSignatures({ path, signatures }, { signal }) {
        await store.addSignatures(path, signatures, { signal });
        return {};
      },
      async *verify({ checkContents, repair }, { signal }) {
        yield* eventsOf<Problem, void>((onProblem) => store.verify({ checkContents, repair, onProblem, signal }));
      },
      async checkout({ path }, { signal }) {
        if (!store.checkouts) throw unsupported(store.url, 'paths as files');
        return { location: await store.checkouts.checkout(path, { signal }) };
      },
    },
  );
}

const sizeOfPath = (path: string) => path.length + 4;

export async function* pathBatches(paths: AsyncIterable<string>): AsyncGenerator<{ paths: string[] }, void, void> {
  for await (const batch of batched(paths, sizeOfPath)) yield { paths: batch };
}

function required(info: PathInfoMessage | undefined): PathInfoMessage {
  if (!info) throw new StoreError('invalid', 'the path info is missing');
  return info;
}

/** What a caller wishes, where he may. */
function policyOf(policy: { readonly repair: boolean; readonly skipSignatureCheck: boolean } | undefined, call: ServerCall): AddOptions {
  const { repair = false, skipSignatureCheck = false } = policy ?? {};
  const may = call.rights.has('administer');
  if (repair && !may) throw new StoreError('forbidden', "replacing what is there needs the right 'administer'");
  // As Nix's daemon does with callers that it does not trust: the wish is not heard, and signatures are looked at.
  return { repair, checkSignatures: !(skipSignatureCheck && may), signal: call.signal };
}

const infosAtOnce = batchCount / 8;

async function* infoBatches(store: Store, paths: readonly string[], options: CallOptions) {
  for (let at = 0; at < paths.length; at += infosAtOnce) {
    const found = await store.pathInfos(paths.slice(at, at + infosAtOnce), options);
    for (const infos of batches(found.values(), sizeOfInfo)) yield { infos: infos.map(pathInfoMessage) };
  }
}
