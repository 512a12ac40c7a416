/** What a store behind a daemon has besides paths: roots and collection, realisations, logs. */
import { StoreError } from '../../errors.ts';
import { formatRealisation, parseRealisation, parseRealisationId } from '../../formats/realisation.ts';
import { baseNameOf } from '../../formats/store-path.ts';
import type { Realisation } from '../../path-info.ts';
import type {
  Bytes,
  CallOptions,
  CollectOptions,
  CollectorService,
  CollectResult,
  LogService,
  RealisationService,
  Root,
} from '../../service.ts';
import { collectActions, operations, since } from '../protocol.ts';
import { readPath, readPaths, writePaths } from '../values/paths.ts';
import { type ConnectOptions, connectToDaemon, type DaemonConnection } from './connection.ts';
import type { DaemonPool } from './pool.ts';
import { readDone, request } from './request.ts';
import { sendFrames } from './sending.ts';

export class DaemonCollector implements CollectorService {
  readonly #pool: DaemonPool;
  readonly #directory: string;
  readonly #socketPath: string;
  readonly #connectOptions: ConnectOptions;
  /** Temporary roots live as long as the connection that they were told on: this one is for nothing else. */
  #keeper: Promise<DaemonConnection> | undefined;
  readonly #kept = new Set<string>();

  constructor(pool: DaemonPool, options: ConnectOptions & { readonly socketPath: string }, directory: string) {
    this.#pool = pool;
    this.#directory = directory;
    this.#socketPath = options.socketPath;
    this.#connectOptions = { version: options.version, log: options.log };
  }

  async *roots({ signal }: CallOptions = {}): AsyncGenerator<Root, void, void> {
    const read = ({ in: source }: DaemonConnection) =>
      source.list(async () => ({ name: await source.text(), path: await readPath(source, this.#directory) }));
    yield* await request(this.#pool, 'FindRoots', signal, () => {}, read);
  }

  async addIndirectRoot(link: string, { signal }: CallOptions = {}): Promise<void> {
    await request(this.#pool, 'AddIndirectRoot', signal, (out) => out.text(link), readDone);
  }

  async addTemporaryRoots(paths: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    for (const path of paths) baseNameOf(path, this.#directory);
    const before = this.#keeper;
    const turn = this.#keep(before, paths, signal);
    this.#keeper = turn;
    await turn;
    for (const path of paths) this.#kept.add(path);
  }

  /** Tells the daemon on the keeper's connection; on a new one, with all that was told before, where that has gone. */
  async #keep(before: Promise<DaemonConnection> | undefined, paths: readonly string[], signal?: AbortSignal): Promise<DaemonConnection> {
    const known = await before?.catch(() => undefined);
    const connection = known && !known.closed ? known : await connectToDaemon(this.#socketPath, { ...this.#connectOptions, signal });
    try {
      connection.active = true;
      for (const path of connection === known ? paths : new Set([...this.#kept, ...paths])) {
        await connection.out.number(operations.AddTempRoot).text(path).flush();
        await connection.finish();
        await readDone(connection);
      }
      connection.active = false;
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async collect({ mode, paths = [], ignoreLiveness = false, maxFreed, onPath, signal }: CollectOptions): Promise<CollectResult> {
    const write = (out: DaemonConnection['out']) => {
      out.number(collectActions.indexOf(mode));
      writePaths(out, paths)
        .bool(ignoreLiveness)
        .number(maxFreed ?? Number.MAX_SAFE_INTEGER);
      for (let obsolete = 0; obsolete < 3; obsolete++) out.number(0);
    };
    const result = await request(this.#pool, 'CollectGarbage', signal, write, async ({ in: source }) => {
      const collected = { paths: await source.texts(), bytesFreed: await source.number() };
      await source.number();
      return collected;
    });
    for (const path of result.paths) onPath?.(path);
    return result;
  }

  async close(): Promise<void> {
    const keeper = await this.#keeper?.catch(() => undefined);
    keeper?.destroy();
  }
}

/** Daemons check no signatures of realisations that trusted clients bring. */
export class DaemonRealisations implements RealisationService {
  readonly #pool: DaemonPool;
  readonly #directory: string;

  constructor(pool: DaemonPool, directory: string) {
    this.#pool = pool;
    this.#directory = directory;
  }

  async get(id: string, { signal }: CallOptions = {}): Promise<Realisation | undefined> {
    const checked = parseRealisationId(id);
    return request(
      this.#pool,
      'QueryRealisation',
      signal,
      (out) => out.text(checked),
      async ({ in: source, version }) => {
        if (version >= since.realisations) return (await source.texts()).map((text) => parseRealisation(text, this.#directory))[0];
        const [outPath] = await readPaths(source, this.#directory);
        return outPath === undefined ? undefined : { id: checked, outPath, signatures: [], dependentRealisations: {} };
      },
    );
  }

  async put(realisation: Realisation, { signal }: CallOptions = {}): Promise<void> {
    const base = baseNameOf(realisation.outPath, this.#directory);
    const write = (out: DaemonConnection['out'], { version }: DaemonConnection) => {
      if (version >= since.realisations) out.text(formatRealisation(realisation, this.#directory));
      else out.text(realisation.id).text(base);
    };
    await request(this.#pool, 'RegisterDrvOutput', signal, write, async () => {});
  }
}

/** The protocol takes logs, but does not give them. */
export class DaemonLogs implements LogService {
  readonly #pool: DaemonPool;
  readonly #directory: string;

  constructor(pool: DaemonPool, directory: string) {
    this.#pool = pool;
    this.#directory = directory;
  }

  async get(): Promise<undefined> {
    return undefined;
  }

  async put(drvPath: string, log: Bytes, { signal }: CallOptions = {}): Promise<void> {
    const base = baseNameOf(drvPath, this.#directory);
    const send = async (connection: DaemonConnection) => {
      if (connection.version < since.buildLogs) throw new StoreError('unsupported', 'the daemon is too old to take build logs');
      await connection.out.number(operations.AddBuildLog).text(base).flush();
      await sendFrames(connection, log);
      await readDone(connection);
    };
    await this.#pool.run(send, signal, false);
  }
}
