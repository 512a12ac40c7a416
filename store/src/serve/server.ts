/** Serves a store to one client over the serve protocol (nix/nix-store/nix-store.cc, opServe). */
import { closureInfos } from '../closure.ts';
import { areValid } from '../daemon/server/building.ts';
import { type BuildResult, buildStatuses } from '../daemon/values/build-result.ts';
import { oldDerivedPath, readDerivation } from '../daemon/values/derivations.ts';
import { readInfo, readPath, readPaths, writePaths } from '../daemon/values/paths.ts';
import { WireReader } from '../daemon/wire/reader.ts';
import { SizedSource } from '../daemon/wire/sources.ts';
import { type Send, WireWriter } from '../daemon/wire/writer.ts';
import { closureWithOutputs } from '../derivations/closure.ts';
import { StoreError, unsupported } from '../errors.ts';
import { importFrom } from '../export.ts';
import { nix32Hash, sha256 } from '../formats/hash.ts';
import { normalSignatures } from '../formats/signature.ts';
import type { PathInfo } from '../path-info.ts';
import type { Store } from '../service.ts';
import { type CommandName, clientMagic, commands, newestVersion, serverMagic, since, versionOfWire, versionToWire } from './protocol.ts';

export interface ServeStoreOptions {
  /** Whether the client may add paths. What it adds needs no signature: it has logged in. */
  readonly write: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Answers what the client asks until `input` ends. The first thing that goes wrong is thrown, and ends the conversation: the protocol has no way to tell it,
 * but where builds are asked for.
 */
export async function serveStore(store: Store, input: AsyncIterable<Uint8Array>, send: Send, options: ServeStoreOptions): Promise<void> {
  const [source, out] = [new WireReader(input), new WireWriter(send)];
  if ((await source.number(2 ** 64)) !== clientMagic) throw new StoreError('invalid', 'protocol mismatch');
  await out.number(serverMagic).number(versionToWire(newestVersion)).flush();
  const theirs = versionOfWire(await source.number());
  if (theirs === undefined) throw new StoreError('unsupported', "the client's version of the serve protocol is not supported");
  const { write, signal } = options;
  const session: Session = { in: source, out, version: Math.min(theirs, newestVersion), store, write, signal };
  while (!(await source.atEnd())) {
    source.allow();
    const number = await source.number();
    const command = byNumber.get(number);
    if (!command) throw new StoreError('invalid', `unknown serve command ${number}`);
    await command(session);
    await out.flush();
  }
}

interface Session {
  readonly in: WireReader;
  readonly out: WireWriter;
  readonly version: number;
  readonly store: Store;
  readonly write: boolean;
  readonly signal: AbortSignal | undefined;
}

type Command = (session: Session) => Promise<void>;

function requireWrite({ write }: Session, what: string): void {
  if (!write) throw new StoreError('forbidden', `${what} paths is not allowed`);
}

const pathsArgument = ({ in: source, store }: Session) => readPaths(source, store.directory);

async function queryValidPaths(session: Session): Promise<void> {
  const { in: source, out, store, write, signal } = session;
  const lock = await source.bool();
  // Whether to substitute what is missing: nothing is.
  await source.bool();
  const paths = await pathsArgument(session);
  if (lock && write) await store.collector?.addTemporaryRoots(paths, { signal });
  writePaths(out, (await store.pathInfos(paths, { signal })).keys());
}

async function queryPathInfos(session: Session): Promise<void> {
  const { out, store, version, signal } = session;
  const infos = await store.pathInfos(await pathsArgument(session), { signal });
  for (const path of [...infos.keys()].sort()) writeInfo(out, infos.get(path)!, version);
  out.text('');
}

/** path, deriver, references, what there is to download (Nix says: the size), size, and since 2.4 hash (base 32), content address, signatures */
function writeInfo(out: WireWriter, info: PathInfo, version: number): void {
  out.text(info.path).text(info.deriver ?? '');
  writePaths(out, info.references).number(info.narSize).number(info.narSize);
  if (version < since.hashes) return;
  out
    .text(nix32Hash(sha256(info.narHash)))
    .text(info.ca ?? '')
    .texts(normalSignatures(info.signatures));
}

async function dumpStorePath({ in: source, out, store, signal }: Session): Promise<void> {
  const path = await readPath(source, store.directory);
  for await (const chunk of store.nar(path, { signal })) await out.raw(chunk);
}

async function addImported(session: Session): Promise<void> {
  requireWrite(session, 'importing');
  for await (const _ of importFrom(session.store, session.in, { checkSignatures: false, signal: session.signal }));
  session.out.number(1);
}

async function addToStoreNar(session: Session): Promise<void> {
  const { in: source, out, store, signal } = session;
  requireWrite(session, 'importing');
  const info = await readInfo(source, store.directory);
  if (info.narSize === 0) throw new StoreError('invalid', 'narInfo is too old and missing the narSize field');
  const archive = new SizedSource(source, info.narSize);
  await store.add(info, archive, { checkSignatures: false, signal });
  await archive.drain();
  out.number(1);
}

async function queryClosure(session: Session): Promise<void> {
  const { in: source, out, store, signal } = session;
  const closureOf = (await source.bool()) ? closureWithOutputs : closureInfos;
  writePaths(out, (await closureOf(store, await pathsArgument(session), { signal })).keys());
}

/** Seconds of silence and of building, bytes of log, repetitions and whether they have to be equal, whether to keep what failed: nothing is built. */
async function skipBuildOptions({ in: source, version }: Session): Promise<void> {
  const [silence, time] = [1, 1];
  const log = version >= since.maxLogSize ? 1 : 0;
  const repetitions = version >= since.buildTimes ? 2 : 0;
  const keepFailed = version >= since.keepFailed ? 1 : 0;
  for (let left = silence + time + log + repetitions + keepFailed; left > 0; left--) await source.number();
}

const codeOf = (status: BuildResult['status']) => buildStatuses.indexOf(status);

/** What is there needs no builder, and there is none. */
async function buildPaths(session: Session): Promise<void> {
  const { in: source, out, store } = session;
  requireWrite(session, 'building');
  const wanted = (await source.texts()).map((text) => oldDerivedPath(text, store.directory));
  await skipBuildOptions(session);
  // 0 stands for all that is well.
  if (await areValid(session, wanted)) out.number(0);
  else out.number(codeOf('misc-failure')).text(unsupported(store.url, 'building').message);
}

async function buildDerivation(session: Session): Promise<void> {
  const { in: source, out, store, version, signal } = session;
  requireWrite(session, 'building');
  await readPath(source, store.directory);
  const { outputs } = await readDerivation(source, store.directory);
  await skipBuildOptions(session);
  const paths = [...outputs.values()].map((output) => ('path' in output ? output.path : ''));
  const isThere = !paths.includes('') && (await store.pathInfos(paths, { signal })).size === new Set(paths).size;
  if (isThere) out.number(codeOf('already-valid')).text('');
  else out.number(codeOf('misc-failure')).text(unsupported(store.url, 'building').message);
  const [timesBuilt, isNonDeterministic, startTime, stopTime] = [0, 0, 0, 0];
  if (version >= since.buildTimes) out.number(timesBuilt).number(isNonDeterministic).number(startTime).number(stopTime);
  if (version >= since.builtOutputs) out.texts([]);
}

const handlers: Readonly<Record<CommandName, Command>> = {
  AddToStoreNar: addToStoreNar,
  BuildDerivation: buildDerivation,
  BuildPaths: buildPaths,
  DumpStorePath: dumpStorePath,
  ImportPaths: addImported,
  QueryClosure: queryClosure,
  QueryPathInfos: queryPathInfos,
  QueryValidPaths: queryValidPaths,
};
const byNumber: ReadonlyMap<number, Command> = new Map(
  Object.entries(handlers).map(([name, command]) => [commands[name as CommandName], command]),
);
