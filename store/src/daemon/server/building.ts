/** Operations about builds, which a `BuildHandler` does where there is one. */
import { outputHashes } from '../../derivations/output-hashes.ts';
import { realisedOutputs } from '../../derivations/realised.ts';
import { storedDerivation } from '../../derivations/stored.ts';
import { StoreError, unsupported } from '../../errors.ts';
import type { DerivedPath } from '../../formats/derived-path.ts';
import type { Realisation } from '../../path-info.ts';
import type { CallOptions, Store } from '../../service.ts';
import { type BuildMode, buildModes, type OperationName } from '../protocol.ts';
import { type KeyedBuildResult, writeBuildResult, writeKeyedBuildResult } from '../values/build-result.ts';
import { readDerivation, readDerivedPath } from '../values/derivations.ts';
import { readPath } from '../values/paths.ts';
import type { BuildContext, BuildHandler, ClientSettings, Operation, Session } from './session.ts';

function contextOf(session: Session, mode: BuildMode): BuildContext {
  const { trusted, settings, signal } = session;
  return { mode, trusted, settings, signal, tell: session };
}

function builderOf({ build, store, trusted }: Session, mode: BuildMode): BuildHandler {
  if (mode === 'repair' && !trusted) {
    throw new StoreError('forbidden', "repairing is not allowed because you are not in 'trusted-users'");
  }
  if (!build) throw unsupported(store.url, 'building');
  return build;
}

interface BuildArguments {
  readonly paths: readonly DerivedPath[];
  readonly mode: BuildMode;
}

async function buildArguments(session: Session): Promise<BuildArguments> {
  const paths = await session.in.list(() => readDerivedPath(session.in, session.version, session.directory));
  return { paths, mode: await modeArgument(session) };
}

const modeArgument = async (session: Session): Promise<BuildMode> => buildModes[await session.in.number(buildModes.length - 1)]!;

/** What is there needs no builder. */
const isThere = async (session: Session, { paths, mode }: BuildArguments): Promise<boolean> =>
  mode === 'normal' && (await areValid(session, paths));

/** Whether all is there, as a path or as outputs that are known. */
export async function areValid(
  { store, signal }: { readonly store: Store } & CallOptions,
  paths: readonly DerivedPath[],
): Promise<boolean> {
  const wanted = new Set<string>();
  for (const derived of paths) {
    if ('path' in derived) wanted.add(derived.path);
    else if (typeof derived.drvPath !== 'string' || !(await store.pathInfo(derived.drvPath, { signal }))) return false;
    else {
      for (const { path } of await realisedOutputs(store, derived.drvPath, derived.outputs, { signal })) {
        if (path === undefined) return false;
        wanted.add(path);
      }
    }
  }
  return (await store.pathInfos([...wanted], { signal })).size === wanted.size;
}

const alreadyValid = {
  status: 'already-valid',
  errorMessage: '',
  timesBuilt: 0,
  isNonDeterministic: false,
  startTime: 0,
  stopTime: 0,
} as const;

async function builtOutputs({ store, signal }: Session, derived: DerivedPath): Promise<Realisation[]> {
  if ('path' in derived || typeof derived.drvPath !== 'string') return [];
  const outputs = await realisedOutputs(store, derived.drvPath, derived.outputs, { signal });
  const hashes = await outputHashes(store, await storedDerivation(store, derived.drvPath, { signal }), { signal });
  return outputs.flatMap(({ name, path, realisation }) => {
    if (realisation || path === undefined) return realisation ?? [];
    return { id: `sha256:${hashes.get(name)}!${name}`, outPath: path, signatures: [], dependentRealisations: {} };
  });
}

async function buildPaths(session: Session): Promise<void> {
  const wanted = await buildArguments(session);
  await session.work(async () => {
    if (await isThere(session, wanted)) return;
    const { paths, mode } = wanted;
    const failed = (await builderOf(session, mode).paths(paths, contextOf(session, mode))).find(({ errorMessage }) => errorMessage !== '');
    if (failed) throw new StoreError('io', failed.errorMessage);
  });
  session.out.number(1);
}

async function buildPathsWithResults(session: Session): Promise<void> {
  const wanted = await buildArguments(session);
  const results = await session.work(async () => {
    const { paths, mode } = wanted;
    if (!(await isThere(session, wanted))) return builderOf(session, mode).paths(paths, contextOf(session, mode));
    const there: KeyedBuildResult[] = [];
    for (const path of paths) there.push({ ...alreadyValid, path, builtOutputs: await builtOutputs(session, path) });
    return there;
  });
  session.out.list(results, (result) => writeKeyedBuildResult(session.out, result, session.version, session.directory));
}

async function buildDerivation(session: Session): Promise<void> {
  const drvPath = await readPath(session.in, session.directory);
  const derivation = await readDerivation(session.in, session.directory);
  const mode = await modeArgument(session);
  const result = await session.work(async () => {
    // Where an input-addressed output belongs follows from more than the derivation: it has to be believed.
    const believed = [...derivation.outputs.values()].some(({ type }) => type === 'input-addressed' || type === 'deferred');
    if (believed && !session.trusted) throw new StoreError('forbidden', 'you are not privileged to build input-addressed derivations');
    return builderOf(session, mode).derivation(drvPath, derivation, contextOf(session, mode));
  });
  writeBuildResult(session.out, result, session.version, session.directory);
}

/** Settings of theirs that all clients may choose (libstore/daemon.cc, ClientSettings). */
const free: ReadonlySet<string> = new Set([
  'timeout',
  'build-timeout',
  'max-silent-time',
  'build-max-silent-time',
  'build-poll-interval',
  'connect-timeout',
]);

async function setOptions(session: Session): Promise<void> {
  const { in: source } = session;
  const [keepFailed, keepGoing, tryFallback] = [await source.bool(), await source.bool(), await source.bool()];
  const [verbosity, maxBuildJobs, maxSilentTime] = [await source.number(), await source.number(), await source.number()];
  await source.number(); // whether to use a build hook: obsolete
  const verboseBuild = (await source.number()) === 0;
  await source.number(); // type of log: obsolete
  await source.number(); // whether to print a trace of builds: obsolete
  const buildCores = await source.number();
  const useSubstitutes = await source.bool();
  const given = await source.list(async () => [await source.text(), await source.text()] as const);
  const overrides = new Map(given.filter(([name]) => session.trusted || free.has(name)));
  const settings: ClientSettings = {
    keepFailed,
    keepGoing,
    tryFallback,
    verbosity,
    maxBuildJobs,
    maxSilentTime,
    verboseBuild,
    buildCores,
    useSubstitutes,
    overrides,
  };
  await session.work(async () => {
    session.settings = settings;
  });
}

export const buildOperations: Readonly<Partial<Record<OperationName, Operation>>> = {
  BuildDerivation: buildDerivation,
  BuildPaths: buildPaths,
  BuildPathsWithResults: buildPathsWithResults,
  SetOptions: setOptions,
};
