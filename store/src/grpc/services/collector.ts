/** vixen.store.v1.CollectorService: roots, leases, garbage collection. */
import { type CollectEvent, CollectorServiceDefinition, type CollectRequest, CollectRequest_Mode as Mode } from '@vixen/proto/vixen';
import { StoreError } from '../../errors.ts';
import type { CallOptions, CollectOptions, CollectorService, CollectResult, Store } from '../../service.ts';
import { eventsOf } from '../events.ts';
import { batched, batches, requireDigest } from '../limits.ts';
import { safeNumber } from '../messages.ts';
import { type Served, serve } from '../serve.ts';

/** `openLease` opens the store once more: what is kept there goes with it. Without it, leases end with the server. */
export function collectorService(store: Store, collector: CollectorService, openLease: (() => Promise<Store>) | undefined): Served {
  return serve(
    CollectorServiceDefinition,
    { listRoots: 'read', addIndirectRoot: 'administer', keep: 'write-blobs', collect: 'administer' },
    {
      async *listRoots(_, { signal }) {
        for await (const roots of batched(collector.roots({ signal }), ({ name, path }) => name.length + path.length + 8)) yield { roots };
      },
      async addIndirectRoot({ link }, { signal }) {
        if (!link.startsWith('/')) throw new StoreError('invalid', `a root is an absolute path, not '${link}'`);
        await collector.addIndirectRoot(link, { signal });
        return {};
      },
      async *keep(requests, { signal }) {
        const leased = openLease ? await openLease() : store;
        try {
          for await (const { paths, digests } of requests) {
            await leased.collector?.addTemporaryRoots(paths, { signal });
            await keepContents(leased, digests.map(requireDigest), { signal });
            yield {};
          }
        } finally {
          if (leased !== store) await leased.close();
        }
      },
      collect: (request, { signal }) => collectEvents(collector, collectOptions(request, signal)),
    },
  );
}

/** A store keeps what it has said to be there. */
async function keepContents({ castore }: Store, digests: readonly Uint8Array[], options: CallOptions): Promise<void> {
  if (!castore || digests.length === 0) return;
  await castore.blobs.has(digests, options);
  await castore.directories.getMany(digests, options);
}

const modes = new Map<Mode, CollectOptions['mode']>([
  [Mode.MODE_DEAD, 'dead'],
  [Mode.MODE_LIVE, 'live'],
  [Mode.MODE_DELETE, 'delete'],
  [Mode.MODE_SPECIFIC, 'specific'],
]);

export const modeNumbers = new Map([...modes].map(([number, name]) => [name, number]));

function collectOptions({ mode, paths, ignoreLiveness, maxFreed }: CollectRequest, signal: AbortSignal): CollectOptions {
  const name = modes.get(mode);
  if (!name) throw new StoreError('invalid', `${mode} is not a mode of collecting`);
  return { mode: name, paths, ignoreLiveness, ...(maxFreed === undefined ? {} : { maxFreed: safeNumber(maxFreed) }), signal };
}

/** The paths as they go, or all at once where they are only told. */
async function* collectEvents(collector: CollectorService, options: CollectOptions): AsyncGenerator<CollectEvent, void, void> {
  const told = eventsOf<string, CollectResult>((onPath) => collector.collect({ ...options, onPath }));
  const removes = options.mode === 'delete' || options.mode === 'specific';
  let next = await told.next();
  for (; !next.done; next = await told.next()) if (removes) yield { paths: [next.value], bytesFreed: undefined };
  const { paths, bytesFreed } = next.value;
  if (!removes) for (const batch of batches(paths, (path) => path.length + 4)) yield { paths: batch, bytesFreed: undefined };
  yield { paths: [], bytesFreed: BigInt(bytesFreed) };
}
