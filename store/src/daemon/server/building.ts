/** Operations about builds, which a `BuildHandler` does where there is one. */
import { StoreError, unsupported } from '../../errors.ts';
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

async function buildArguments(session: Session): Promise<() => Promise<KeyedBuildResult[]>> {
  const paths = await session.in.list(() => readDerivedPath(session.in, session.version, session.directory));
  const mode = await modeArgument(session);
  return async () => {
    // What is there needs no builder.
    if (mode === 'normal' && (await areValid(session, paths))) return paths.map((path) => ({ ...alreadyValid, path }));
    return builderOf(session, mode).paths(paths, contextOf(session, mode));
  };
}

const modeArgument = async (session: Session): Promise<BuildMode> => buildModes[await session.in.number(buildModes.length - 1)]!;

const alreadyValid = {
  status: 'already-valid',
  errorMessage: '',
  timesBuilt: 0,
  isNonDeterministic: false,
  startTime: 0,
  stopTime: 0,
  builtOutputs: [],
} as const;

async function areValid(session: Session, paths: readonly KeyedBuildResult['path'][]): Promise<boolean> {
  const plain = paths.map((path) => ('path' in path ? path.path : undefined)).filter((path) => path !== undefined);
  return plain.length === paths.length && (await session.store.pathInfos(plain, session)).size === new Set(plain).size;
}

async function buildPaths(session: Session): Promise<void> {
  const build = await buildArguments(session);
  await session.work(async () => {
    const failed = (await build()).find((result) => result.errorMessage !== '');
    if (failed) throw new StoreError('io', failed.errorMessage);
  });
  session.out.number(1);
}

async function buildPathsWithResults(session: Session): Promise<void> {
  const build = await buildArguments(session);
  const results = await session.work(build);
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
