/** The store `memory:`, which is gone with the process. Settings: settings.ts. */
import fs from 'node:fs';
import { digestKey, hex } from '../castore/bytes.ts';
import { decodeDirectory } from '../castore/directory.ts';
import { memoryCastore, reachable } from '../castore/memory.ts';
import { MemoryCollector } from '../castore/memory-collector.ts';
import { MemoryPathTable } from '../castore/path-table.ts';
import { CastoreStore, type Trust } from '../castore/store.ts';
import { StoreError } from '../errors.ts';
import { defaultStoreDirectory } from '../formats/store-path.ts';
import type { OpenOptions } from '../open.ts';
import type { PathInfo, Realisation } from '../path-info.ts';
import type { Bytes, LogService, RealisationService, Store } from '../service.ts';
import { keepSettingsOf, requireTrusted, trustOf } from './settings.ts';

export async function openMemoryStore(url: URL, options: OpenOptions = {}): Promise<Store> {
  const castore = memoryCastore();
  const trust = trustOf(options);
  const requireNodes = (infos: readonly PathInfo[]) => {
    const nodes = infos.map((info) => info.node!);
    const { blobs, missing } = reachable(nodes, (digest) => {
      const bytes = castore.directories.contents.get(digestKey(digest));
      return bytes && decodeDirectory(bytes);
    });
    for (const digest of missing) throw new StoreError('not-found', `directory ${hex(digest)} does not exist`);
    for (const key of blobs) {
      if (!castore.blobs.contents.has(key) && key !== emptyBlob) throw new StoreError('not-found', `blob ${hexOfKey(key)} does not exist`);
    }
  };
  const table = new MemoryPathTable(requireNodes);
  const collector = new MemoryCollector({
    ...castore,
    ...keepSettingsOf(url),
    directory: defaultStoreDirectory,
    infos: table.infos,
    readLink: (link) => {
      try {
        return fs.readlinkSync(link);
      } catch {
        return undefined;
      }
    },
  });
  const realisations = new MemoryRealisations(trust);
  return new CastoreStore({ url: url.href, castore, table, trust, collector, realisations, logs: new MemoryLogs() });
}

const hexOfKey = (key: string) => Buffer.from(key, 'latin1').toString('hex');
const emptyBlob = Buffer.from('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262', 'hex').toString('latin1');

class MemoryRealisations implements RealisationService {
  readonly #trust: Trust;
  readonly #known = new Map<string, Realisation>();

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  async get(id: string): Promise<Realisation | undefined> {
    return this.#known.get(id);
  }

  async put(realisation: Realisation, { checkSignatures }: { readonly checkSignatures?: boolean } = {}): Promise<void> {
    requireTrusted(this.#trust, realisation, defaultStoreDirectory, checkSignatures);
    this.#known.set(realisation.id, realisation);
  }
}

class MemoryLogs implements LogService {
  readonly #known = new Map<string, Uint8Array>();

  async get(drvPath: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const log = this.#known.get(drvPath);
    return log && once(log.slice());
  }

  async put(drvPath: string, log: Bytes): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const chunk of log) parts.push(chunk.slice());
    this.#known.set(drvPath, new Uint8Array(Buffer.concat(parts)));
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
