/** A store behind a daemon (libstore/remote-store.cc). The other side decides what it trusts. */
import { base16 } from '@vixen/wasm';
import { notValid, StoreError } from '../../errors.ts';
import { parseContentAddress } from '../../formats/content-address.ts';
import { normalSignatures } from '../../formats/signature.ts';
import { baseNameOf, defaultStoreDirectory } from '../../formats/store-path.ts';
import type { PathInfo } from '../../path-info.ts';
import type { AddOptions, Bytes, CallOptions, LogService, RealisationService, Store, StoreGreeting, VerifyOptions } from '../../service.ts';
import { operations, since } from '../protocol.ts';
import { unpainted } from '../values/error.ts';
import { readOptionalPath, readPaths, readUnkeyedInfo, writeInfo } from '../values/paths.ts';
import { NarSource } from '../wire/sources.ts';
import { WireWriter } from '../wire/writer.ts';
import type { DaemonConnection } from './connection.ts';
import { DaemonCollector, DaemonLogs, DaemonRealisations } from './parts.ts';
import { DaemonPool, type PoolOptions } from './pool.ts';
import { readDone, request } from './request.ts';
import { sendFrames, sendWhenAsked } from './sending.ts';

export interface DaemonStoreOptions extends PoolOptions {
  readonly url: string;
  readonly socketPath: string;
  readonly directory?: string;
  readonly priority?: number;
}

/** Path infos asked for before the first is answered. */
const window = 64;

/** A path to add, with its archive. */
export interface PathToAdd {
  readonly info: PathInfo;
  readonly nar: Bytes;
}

export class DaemonStore implements Store {
  readonly url: string;
  readonly directory: string;
  readonly priority: number;
  readonly collector: DaemonCollector;
  readonly realisations: RealisationService;
  readonly logs: LogService;
  readonly #pool: DaemonPool;

  constructor(options: DaemonStoreOptions) {
    this.url = options.url;
    this.directory = options.directory ?? defaultStoreDirectory;
    this.priority = options.priority ?? 0;
    this.#pool = new DaemonPool(options.socketPath, options);
    this.collector = new DaemonCollector(this.#pool, options, this.directory);
    this.realisations = new DaemonRealisations(this.#pool, this.directory);
    this.logs = new DaemonLogs(this.#pool, this.directory);
  }

  connect({ signal }: CallOptions = {}): Promise<StoreGreeting> {
    return this.#pool.run(async ({ greeting }) => ({ version: greeting.daemonVersion, trusted: greeting.trusted }), signal);
  }

  async pathInfo(path: string, options: CallOptions = {}): Promise<PathInfo | undefined> {
    return (await this.pathInfos([path], options)).get(path);
  }

  async pathInfos(paths: readonly string[], { signal }: CallOptions = {}): Promise<Map<string, PathInfo>> {
    signal?.throwIfAborted();
    for (const path of paths) baseNameOf(path, this.directory);
    const unique = [...new Set(paths)];
    const found = new Map<string, PathInfo>();
    if (unique.length === 0) return found;
    await this.#pool.run(async (connection) => {
      for (let at = 0; at < unique.length; at += window) await this.#askInfos(connection, unique.slice(at, at + window), found);
    }, signal);
    return found;
  }

  /** Asks for all before the first answer comes: one round trip. */
  async #askInfos(connection: DaemonConnection, paths: readonly string[], found: Map<string, PathInfo>): Promise<void> {
    for (const path of paths) connection.out.number(operations.QueryPathInfo).text(path);
    await connection.out.flush();
    const failures: unknown[] = [];
    for (const path of paths) {
      try {
        await connection.finish();
        if (await connection.in.bool()) found.set(path, { path, ...(await readUnkeyedInfo(connection.in, this.directory)) });
      } catch (error) {
        if (!connection.isAnswer(error)) throw error;
        failures.push(error);
      }
    }
    // The last, so that the connection knows it as its own.
    if (failures.length > 0) throw failures.at(-1);
  }

  pathFromHashPart(hashPart: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    return request(
      this.#pool,
      'QueryPathFromHashPart',
      signal,
      (out) => out.text(hashPart),
      ({ in: source }) => readOptionalPath(source, this.directory),
    );
  }

  async *paths({ signal }: CallOptions = {}): AsyncGenerator<string, void, void> {
    yield* await request(
      this.#pool,
      'QueryAllValidPaths',
      signal,
      () => {},
      ({ in: source }) => readPaths(source, this.directory),
    );
  }

  async referrers(path: string, { signal }: CallOptions = {}): Promise<string[]> {
    const write = (out: WireWriter) => out.text(path);
    const all = await request(this.#pool, 'QueryReferrers', signal, write, ({ in: source }) => readPaths(source, this.directory));
    return all.filter((referrer) => referrer !== path);
  }

  async *nar(path: string, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    // Daemons tell what they lack only in the midst of the archive.
    if (!(await this.pathInfo(path, { signal }))) throw notValid(path);
    const { connection, release } = await this.#pool.hold(signal);
    let good = false;
    try {
      await connection.out.number(operations.NarFromPath).text(path).flush();
      await connection.finish();
      for await (const chunk of new NarSource(connection.in)) {
        signal?.throwIfAborted();
        yield chunk;
      }
      good = true;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      release(good);
    }
  }

  async add(info: PathInfo, nar: Bytes, options: AddOptions = {}): Promise<void> {
    const { signal, repair = false, checkSignatures = true } = options;
    signal?.throwIfAborted();
    this.#check(info);
    if (!repair && (await this.pathInfo(info.path, options))) return;
    const send = async (connection: DaemonConnection) => {
      connection.out.number(operations.AddToStoreNar);
      writeInfo(connection.out, info);
      await connection.out.bool(repair).bool(!checkSignatures).flush();
      if (connection.version >= since.framedNar) await sendFrames(connection, nar);
      else await sendWhenAsked(connection, nar);
    };
    await this.#pool.run(send, signal, false);
  }

  /** Adds many paths, references before what refers to them, in one stream. Paths that are valid already should not be among them. */
  async addMany(paths: Iterable<PathToAdd> | AsyncIterable<PathToAdd>, count: number, options: AddOptions = {}): Promise<void> {
    const { signal, repair = false, checkSignatures = true } = options;
    signal?.throwIfAborted();
    const { version } = await this.#pool.run(async (connection) => connection.greeting, signal);
    if (version < since.addMultiple) {
      for await (const { info, nar } of paths) await this.add(info, nar, options);
      return;
    }
    const send = async (connection: DaemonConnection) => {
      await connection.out.number(operations.AddMultipleToStore).bool(repair).bool(!checkSignatures).flush();
      await sendFrames(connection, this.#stream(paths, count));
    };
    await this.#pool.run(send, signal, false);
  }

  async addSignatures(path: string, signatures: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    const sorted = normalSignatures(signatures);
    // Nix 2.34's daemon crashes when it is asked for a path that is not valid.
    if (!(await this.pathInfo(path, { signal }))) throw notValid(path);
    await request(this.#pool, 'AddSignatures', signal, (out) => out.text(path).texts(sorted), readDone);
  }

  async verify({ checkContents = false, repair = false, onProblem, signal }: VerifyOptions): Promise<void> {
    const messages: string[] = [];
    const log = (text: string) => messages.push(unpainted(text).trimEnd());
    const errors = await this.#pool.run(async (connection) => {
      messages.length = 0;
      await connection.out.number(operations.VerifyStore).bool(checkContents).bool(repair).flush();
      await connection.finish({ log });
      return connection.in.bool();
    }, signal);
    if (!errors) return;
    if (messages.length === 0) messages.push('the daemon found problems, which it does not tell');
    for (const message of messages) onProblem({ path: undefined, message });
  }

  async close(): Promise<void> {
    this.#pool.close();
    await this.collector.close();
  }

  async *#stream(paths: Iterable<PathToAdd> | AsyncIterable<PathToAdd>, count: number): AsyncGenerator<Uint8Array, void, void> {
    const heads: Uint8Array[] = [];
    const out = new WireWriter(async (parts) => void heads.push(...parts));
    out.number(count);
    for await (const { info, nar } of paths) {
      this.#check(info);
      writeInfo(out, info);
      await out.flush();
      yield* heads.splice(0);
      yield* nar;
    }
    await out.flush();
    yield* heads;
  }

  /** What a daemon would end the connection for. */
  #check({ path, references, deriver, ca, narHash }: PathInfo): void {
    for (const each of [path, ...references, ...(deriver === undefined ? [] : [deriver])]) baseNameOf(each, this.directory);
    if (ca !== undefined) parseContentAddress(ca);
    if (narHash.length !== 32) throw new StoreError('invalid', `path '${path}': hash '${base16.encode(narHash)}' has the wrong length`);
  }
}
