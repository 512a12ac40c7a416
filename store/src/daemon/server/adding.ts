/** Operations that add. */
import { parseHashAlgo } from '@vixen/wasm';
import { notValid, StoreError, unsupported } from '../../errors.ts';
import { type ContentAddressMethod, parseMethodWithAlgo } from '../../formats/content-address.ts';
import { invalidUnless } from '../../formats/hash.ts';
import { parseRealisation, parseRealisationId } from '../../formats/realisation.ts';
import { checkBaseName } from '../../formats/store-path.ts';
import type { PathInfo, Realisation } from '../../path-info.ts';
import type { AddOptions, Bytes } from '../../service.ts';
import { Spool } from '../../spool.ts';
import { messages, type OperationName, since } from '../protocol.ts';
import { readInfo, readPath, readPaths, writeInfo } from '../values/paths.ts';
import { WireReader } from '../wire/reader.ts';
import { NarSource, SizedSource } from '../wire/sources.ts';
import { addContent, type ContentToAdd } from './content-addressed.ts';
import type { Operation, Session } from './session.ts';

/** What of a client's wishes is granted: signatures are checked unless a trusted client says otherwise. */
const addOptions = ({ trusted, signal }: Session, repair: boolean, dontCheckSignatures: boolean): AddOptions => ({
  repair,
  checkSignatures: !(trusted && dontCheckSignatures),
  signal,
});

/** Only who is trusted may say that a path was built here. */
const infoFrom = ({ trusted }: Session, info: PathInfo): PathInfo => (trusted ? info : { ...info, ultimate: false });

/** Adds an archive; the path is there as files then, where clients look for them. */
async function add(session: Session, info: PathInfo, nar: Bytes, options: AddOptions): Promise<void> {
  await session.store.add(info, nar, options);
  await session.pathInfo(info.path);
}

/** Adds what its contents name. */
async function content(session: Session, toAdd: ContentToAdd, repair = false): Promise<PathInfo> {
  const path = await addContent(session.store, toAdd, addOptions(session, repair, false));
  const info = await session.pathInfo(path);
  if (!info) throw notValid(path);
  return info;
}

async function addToStoreNar(session: Session): Promise<void> {
  const info = infoFrom(session, await readInfo(session.in, session.directory));
  const [repair, dontCheckSignatures] = [await session.in.bool(), await session.in.bool()];
  const options = addOptions(session, repair, dontCheckSignatures);
  if (session.version >= since.framedNar) await session.workWithFrames((frames) => add(session, info, frames, options));
  else await session.work(() => add(session, info, requestedBytes(session, info.narSize), options));
}

/** Before 1.23 the daemon asks for an archive piece by piece. */
async function* requestedBytes({ in: source, out }: Session, size: number): AsyncGenerator<Uint8Array, void, void> {
  const pieceSize = 64 * 1024;
  for (let left = size; left > 0; ) {
    await out.number(messages.read).number(Math.min(left, pieceSize)).flush();
    source.allow();
    const piece = await source.bytes();
    if (piece.length === 0) throw new StoreError('invalid', 'unexpected end-of-file');
    left -= piece.length;
    yield piece;
  }
}

/** Number of paths, then for each what is known of it and its archive, references first. All in one framed stream. */
async function addMultipleToStore(session: Session): Promise<void> {
  const [repair, dontCheckSignatures] = [await session.in.bool(), await session.in.bool()];
  const options = addOptions(session, repair, dontCheckSignatures);
  await session.workWithFrames(async (frames) => {
    const source = new WireReader(frames);
    const count = await source.number();
    for (let i = 0; i < count; i++) {
      source.allow();
      const info = infoFrom(session, await readInfo(source, session.directory));
      const archive = new SizedSource(source, info.narSize);
      await add(session, info, archive, options);
      await archive.drain();
    }
  });
}

async function addToStore(session: Session): Promise<void> {
  if (session.version < since.contentAddressMethods) return addToStoreOld(session);
  const name = await session.in.text();
  const methodText = await session.in.text();
  const references = await readPaths(session.in, session.directory);
  const repair = await session.in.bool();
  const info = await session.workWithFrames(async (dump) => {
    const { method, algo } = parseMethodWithAlgo(methodText);
    const isArchive = method === 'nar' || method === 'git';
    return content(session, { name, method, algo, references, isArchive, dump }, repair);
  });
  writeInfo(session.out, info);
}

/** Before 1.25: the archive follows without frames, however it is hashed. */
async function addToStoreOld(session: Session): Promise<void> {
  const name = await session.in.text();
  const fixed = await session.in.bool();
  const recursive = await session.in.number(1);
  const algoText = await session.in.text();
  const method: ContentAddressMethod = fixed && recursive === 0 ? 'flat' : 'nar';
  const algo = fixed ? invalidUnless(() => parseHashAlgo(algoText)) : 'sha256';
  // It is read before anything can fail, since nothing else tells where it ends.
  const spool = new Spool();
  try {
    for await (const chunk of new NarSource(session.in)) await spool.write(chunk);
    const { path } = await session.work(() =>
      content(session, { name, method, algo, references: [], isArchive: true, dump: spool.read() }),
    );
    session.out.text(path);
  } finally {
    await spool.close();
  }
}

async function addTextToStore(session: Session): Promise<void> {
  const name = await session.in.text();
  const text = await session.in.bytes();
  const references = await readPaths(session.in, session.directory);
  const { path } = await session.work(() =>
    content(session, { name, method: 'text', algo: 'sha256', references, isArchive: false, dump: [text] }),
  );
  session.out.text(path);
}

async function addSignatures(session: Session): Promise<void> {
  const path = await readPath(session.in, session.directory);
  const signatures = await session.in.texts();
  await session.work(() => session.store.addSignatures(path, signatures, session));
  session.out.number(1);
}

async function registerDrvOutput(session: Session): Promise<void> {
  const texts = session.version < since.realisations ? [await session.in.text(), await session.in.text()] : [await session.in.text()];
  await session.work(async () => {
    const { realisations, url } = session.store;
    if (!realisations) throw unsupported(url, 'realisations');
    await realisations.put(realisationOf(texts, session.directory), { checkSignatures: !session.trusted, signal: session.signal });
  });
}

function realisationOf([first, base]: readonly string[], directory: string): Realisation {
  if (base === undefined) return parseRealisation(first!, directory);
  return { id: parseRealisationId(first!), outPath: `${directory}/${checkBaseName(base)}`, signatures: [], dependentRealisations: {} };
}

async function addBuildLog(session: Session): Promise<void> {
  const base = await session.in.text();
  await session.workWithFrames(async (log) => {
    if (!session.trusted) throw new StoreError('forbidden', 'you are not privileged to add logs');
    const { logs, url } = session.store;
    if (!logs) throw unsupported(url, 'build logs');
    await logs.put(`${session.directory}/${checkBaseName(base)}`, log as Bytes, session);
  });
  session.out.number(1);
}

async function ensurePath(session: Session): Promise<void> {
  const path = await readPath(session.in, session.directory);
  await session.work(async () => {
    if (!(await session.pathInfo(path))) throw notValid(path);
  });
  session.out.number(1);
}

export const additions: Readonly<Partial<Record<OperationName, Operation>>> = {
  AddBuildLog: addBuildLog,
  AddMultipleToStore: addMultipleToStore,
  AddSignatures: addSignatures,
  AddTextToStore: addTextToStore,
  AddToStore: addToStore,
  AddToStoreNar: addToStoreNar,
  EnsurePath: ensurePath,
  RegisterDrvOutput: registerDrvOutput,
};
