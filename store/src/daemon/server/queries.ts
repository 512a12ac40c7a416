/** Operations that ask. */
import { type RealisedOutput, realisedOutputs } from '../../derivations/realised.ts';
import { StoreError, unsupported } from '../../errors.ts';
import type { DerivedPath } from '../../formats/derived-path.ts';
import { formatRealisation, parseRealisationId } from '../../formats/realisation.ts';
import { isHashPart } from '../../formats/store-path.ts';
import { type OperationName, since } from '../protocol.ts';
import { readDerivedPath } from '../values/derivations.ts';
import { readPath, readPaths, writePaths, writeUnkeyedInfo } from '../values/paths.ts';
import { missingPaths } from './missing.ts';
import type { Operation, Session } from './session.ts';

const pathArgument = ({ in: source, directory }: Session) => readPath(source, directory);
const pathsArgument = ({ in: source, directory }: Session) => readPaths(source, directory);

async function requireInfo({ store, signal }: Session, path: string) {
  const info = await store.pathInfo(path, { signal });
  if (!info) throw new StoreError('not-found', `path '${path}' is not valid`);
  return info;
}

async function isValidPath(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const info = await session.work(() => session.pathInfo(path));
  session.out.bool(info !== undefined);
}

async function queryValidPaths(session: Session): Promise<void> {
  const paths = await pathsArgument(session);
  // Whether to substitute what is missing: nothing is.
  if (session.version >= since.queryValidSubstitutes) await session.in.bool();
  const infos = await session.work(() => session.store.pathInfos(paths, session));
  writePaths(session.out, infos.keys());
}

async function queryPathInfo(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const info = await session.work(() => session.pathInfo(path));
  session.out.bool(info !== undefined);
  if (info) writeUnkeyedInfo(session.out, info);
}

async function queryReferrers(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const referrers = await session.work(async () => {
    const others = await session.store.referrers(path, session);
    const info = await session.store.pathInfo(path, session);
    return info?.references.includes(path) ? [...others, path] : others;
  });
  writePaths(session.out, referrers);
}

async function queryValidDerivers(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const derivers = await session.work(async () => {
    const deriver = (await session.store.pathInfo(path, session))?.deriver;
    return deriver === undefined ? [] : [...(await session.store.pathInfos([deriver], session)).keys()];
  });
  writePaths(session.out, derivers);
}

async function queryDeriver(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const info = await session.work(() => requireInfo(session, path));
  session.out.text(info.deriver ?? '');
}

async function queryAllValidPaths(session: Session): Promise<void> {
  const paths = await session.work(async () => {
    const all: string[] = [];
    for await (const path of session.store.paths(session)) all.push(path);
    return all;
  });
  writePaths(session.out, paths);
}

async function queryPathFromHashPart(session: Session): Promise<void> {
  const hashPart = await session.in.text();
  const path = await session.work(async () => {
    if (!isHashPart(hashPart)) throw new StoreError('invalid', 'invalid hash part');
    return session.store.pathFromHashPart(hashPart, session);
  });
  session.out.text(path ?? '');
}

async function outputsOf(session: Session): Promise<RealisedOutput[]> {
  const path = await pathArgument(session);
  return session.work(() => realisedOutputs(session.store, path, '*', session));
}

async function queryDerivationOutputs(session: Session): Promise<void> {
  const outputs = await outputsOf(session);
  writePaths(
    session.out,
    outputs.map(({ path }) => path).filter((path) => path !== undefined),
  );
}

async function queryDerivationOutputNames(session: Session): Promise<void> {
  const outputs = await outputsOf(session);
  session.out.texts(outputs.map(({ name }) => name));
}

async function queryDerivationOutputMap(session: Session): Promise<void> {
  const outputs = await outputsOf(session);
  session.out.list(outputs, ({ name, path = '' }) => session.out.text(name).text(path));
}

async function queryRealisation(session: Session): Promise<void> {
  const id = await session.in.text();
  const found = await session.work(async () => session.store.realisations?.get(parseRealisationId(id), session));
  const all = found ? [found] : [];
  if (session.version < since.realisations)
    writePaths(
      session.out,
      all.map((realisation) => realisation.outPath),
    );
  else session.out.list(all, (realisation) => session.out.text(formatRealisation(realisation, session.directory)));
}

async function queryMissing(session: Session): Promise<void> {
  const targets: DerivedPath[] = await session.in.list(() => readDerivedPath(session.in, session.version, session.directory));
  const { willBuild, unknown } = await session.work(() => missingPaths(session.store, targets, session));
  writePaths(session.out, willBuild);
  writePaths(session.out, []);
  writePaths(session.out, unknown);
  const [downloadSize, narSize] = [0, 0];
  session.out.number(downloadSize).number(narSize);
}

// Nothing comes from elsewhere: a server of a store that substitutes serves what is there.
async function querySubstitutablePaths(session: Session): Promise<void> {
  await pathsArgument(session);
  await session.work(async () => {});
  writePaths(session.out, []);
}

async function querySubstitutablePathInfo(session: Session): Promise<void> {
  await pathArgument(session);
  await session.work(async () => {});
  session.out.bool(false);
}

async function querySubstitutablePathInfos(session: Session): Promise<void> {
  const withAddresses = session.version >= since.substitutablePathAddresses;
  await session.in.list(async () => {
    await pathArgument(session);
    if (withAddresses) await session.in.text();
  });
  await session.work(async () => {});
  session.out.number(0);
}

async function narFromPath(session: Session): Promise<void> {
  const path = await pathArgument(session);
  const archive = session.store.nar(path, session)[Symbol.asyncIterator]();
  try {
    // What goes wrong before the first byte can still be told.
    let step = await session.work(() => archive.next());
    for (; !step.done; step = await archive.next()) await session.out.raw(step.value);
  } finally {
    await archive.return?.();
  }
}

async function verifyStore(session: Session): Promise<void> {
  const checkContents = await session.in.bool();
  const repair = await session.in.bool();
  const problems = await session.work(async () => {
    if (repair && !session.trusted) throw new StoreError('forbidden', 'you are not privileged to repair paths');
    let count = 0;
    const onProblem = ({ path, message }: { readonly path: string | undefined; readonly message: string }) => {
      count++;
      session.log(path === undefined ? `error: ${message}` : `error: path '${path}': ${message}`);
    };
    await session.store.verify({ checkContents, repair, onProblem, signal: session.signal });
    return count;
  });
  session.out.bool(problems > 0);
}

async function optimiseStore(session: Session): Promise<void> {
  await session.work(async () => {
    // A castore has each file once anyway.
    if (!session.store.castore) throw unsupported(session.store.url, 'optimising');
  });
  session.out.number(1);
}

export const queries: Readonly<Partial<Record<OperationName, Operation>>> = {
  IsValidPath: isValidPath,
  NarFromPath: narFromPath,
  OptimiseStore: optimiseStore,
  QueryAllValidPaths: queryAllValidPaths,
  QueryDerivationOutputMap: queryDerivationOutputMap,
  QueryDerivationOutputNames: queryDerivationOutputNames,
  QueryDerivationOutputs: queryDerivationOutputs,
  QueryDeriver: queryDeriver,
  QueryMissing: queryMissing,
  QueryPathFromHashPart: queryPathFromHashPart,
  QueryPathInfo: queryPathInfo,
  QueryRealisation: queryRealisation,
  QueryReferrers: queryReferrers,
  QuerySubstitutablePathInfo: querySubstitutablePathInfo,
  QuerySubstitutablePathInfos: querySubstitutablePathInfos,
  QuerySubstitutablePaths: querySubstitutablePaths,
  QueryValidDerivers: queryValidDerivers,
  QueryValidPaths: queryValidPaths,
  VerifyStore: verifyStore,
};
