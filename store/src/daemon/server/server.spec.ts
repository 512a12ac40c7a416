import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../errors.ts';
import type { Store } from '../../service.ts';
import { collectBytes, noise, outputOf, sourceOf, textOf } from '../../testing/trees.ts';
import { connectToDaemon, type DaemonConnection } from '../client/connection.ts';
import { type OperationName, operations } from '../protocol.ts';
import { clientOf, startTestDaemon, type TestDaemon } from '../testing.ts';
import { readBuildResult } from '../values/build-result.ts';
import { writeDerivation } from '../values/derivations.ts';
import { readInfo } from '../values/paths.ts';
import { FramedSink, type WireWriter } from '../wire/writer.ts';
import type { BuildHandler } from './session.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(...options: Parameters<typeof startTestDaemon>): Promise<TestDaemon> {
  const daemon = await startTestDaemon(...options);
  cleanups.push(() => daemon.close());
  return daemon;
}

async function connect(daemon: TestDaemon, version?: number): Promise<DaemonConnection> {
  const connection = await connectToDaemon(daemon.socket, { version });
  cleanups.push(() => connection.destroy());
  return connection;
}

const failure = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message === undefined ? {} : { message: expect.stringContaining(message) }) });
const missing = '/nix/store/00000000000000000000000000000000-missing';

/** Sends an operation, and reads up to its result. */
async function ask(connection: DaemonConnection, operation: OperationName, write: (out: WireWriter) => unknown = () => {}): Promise<void> {
  connection.out.number(operations[operation]);
  write(connection.out);
  await connection.out.flush();
  await connection.finish();
}

/** An operation whose arguments are followed by frames. */
async function askWithFrames(
  connection: DaemonConnection,
  operation: OperationName,
  write: (out: WireWriter) => unknown,
  frames: Uint8Array[],
) {
  connection.out.number(operations[operation]);
  write(connection.out);
  await connection.out.flush();
  const sink = new FramedSink(connection.out);
  for (const frame of frames) await sink.write(frame);
  await sink.end();
  await connection.finish();
}

const drvText = (output: string, input = '[]') =>
  `Derive([("out","${output}","","")],${input},[],"x86_64-linux","/bin/sh",[],[("out","${output}")])`;

async function addText(store: Store, name: string, text: string): Promise<string> {
  const { info, nar } = textOf(text, { name });
  await store.add(info, [nar]);
  return info.path;
}

describe('contents that name themselves', () => {
  const addToStore = (name: string, method: string, references: string[]) => (out: WireWriter) =>
    out.text(name).text(method).texts(references).bool(false);

  test('archives, files and texts', async () => {
    const daemon = await start({ trusted: false });
    const connection = await connect(daemon);
    const tree = sourceOf({ entries: { a: { file: noise(5_000_000) } } }, { name: 'tree' });
    const pieces = [tree.nar.subarray(0, 3_000_000), tree.nar.subarray(3_000_000)];
    await askWithFrames(connection, 'AddToStore', addToStore('tree', 'fixed:r:sha256', []), pieces);
    expect(await readInfo(connection.in, '/nix/store')).toMatchObject({ path: tree.info.path, ca: tree.info.ca });
    expect(Buffer.compare(await collectBytes(daemon.store.nar(tree.info.path)), tree.nar)).toBe(0);

    const text = textOf('hello', { name: 'text', references: [tree.info.path] });
    await askWithFrames(connection, 'AddToStore', addToStore('text', 'text:sha256', [tree.info.path]), [Buffer.from('hello')]);
    expect(await readInfo(connection.in, '/nix/store')).toMatchObject({ path: text.info.path, references: [tree.info.path] });

    // The path that Nix 2.34.8 gives to this file.
    await askWithFrames(connection, 'AddToStore', addToStore('fl', 'fixed:sha256', []), [Buffer.from('hi\n')]);
    expect((await readInfo(connection.in, '/nix/store')).path).toBe('/nix/store/qf4hyjnfi9087840mzrf6z26llgzpz4j-fl');
  });

  test('as old clients send them', async () => {
    const daemon = await start();
    const connection = await connect(daemon, 24);
    const tree = sourceOf({ entries: { a: { file: 'x' } } }, { name: 'tree' });
    connection.out.number(operations.AddToStore).text('tree').number(0).number(1).text('sha256');
    await connection.out.raw(tree.nar);
    await connection.finish();
    expect(await connection.in.text()).toBe(tree.info.path);
    const file = sourceOf({ file: 'hi\n' });
    connection.out.number(operations.AddToStore).text('fl').number(1).number(0).text('sha256');
    await connection.out.raw(file.nar);
    await connection.finish();
    expect(await connection.in.text()).toBe('/nix/store/qf4hyjnfi9087840mzrf6z26llgzpz4j-fl');
    await ask(connection, 'AddTextToStore', (out) => out.text('text').text('some text').texts([]));
    expect(await connection.in.text()).toBe(textOf('some text').info.path);
  });

  test.each([
    ['a reference that is not valid', 'text:sha256', [missing], 'not-found'],
    ['a method that nobody knows', 'fixed:x:sha256', [], 'invalid'],
    ["Git's hashes", 'fixed:git:sha1', [], 'unsupported'],
    ['what is no archive', 'fixed:r:sha256', [], 'invalid'],
  ])('%s: an error, and the connection goes on', async (_, method, references, code) => {
    const connection = await connect(await start());
    const adding = askWithFrames(connection, 'AddToStore', addToStore('x', method, references), [noise(100_000)]);
    await expect(adding).rejects.toEqual(failure(code));
    await ask(connection, 'IsValidPath', (out) => out.text(missing));
    expect(await connection.in.bool()).toBe(false);
  });
});

describe('clients that are not trusted', () => {
  const untrusted = async () => {
    const daemon = await start({ trusted: false });
    return { daemon, client: clientOf(daemon) };
  };
  const plain = outputOf({ file: 'x' });

  test('may not add what nobody signed, whatever they say', async () => {
    const { client } = await untrusted();
    expect(await client.connect()).toMatchObject({ trusted: false });
    await expect(client.add(plain.info, [plain.nar], { checkSignatures: false })).rejects.toEqual(failure('untrusted'));
    await expect(client.addMany([{ info: plain.info, nar: [plain.nar] }], 1, { checkSignatures: false })).rejects.toEqual(
      failure('untrusted'),
    );
    expect(await client.pathInfo(plain.info.path)).toBeUndefined();
    await client.close();
  });

  test('cannot say that a path was built here', async () => {
    const { client, daemon } = await untrusted();
    const { info, nar } = sourceOf({ file: 'x' });
    await client.add({ ...info, ultimate: true }, [nar]);
    expect((await daemon.store.pathInfo(info.path))?.ultimate).toBe(false);
    await client.close();
  });

  test('may not repair, add logs, ignore what is alive, or make permanent roots', async () => {
    const { client, daemon } = await untrusted();
    await expect(client.verify({ repair: true, onProblem: () => {} })).rejects.toEqual(failure('forbidden'));
    await expect(client.logs.put(`${missing}.drv`, [noise(10)])).rejects.toEqual(failure('forbidden'));
    await expect(client.collector.collect({ mode: 'specific', paths: [], ignoreLiveness: true })).rejects.toEqual(failure('forbidden'));
    const connection = await connect(daemon);
    await expect(ask(connection, 'AddPermRoot', (out) => out.text(missing).text('/tmp/x'))).rejects.toEqual(failure('forbidden'));
    await client.close();
  });

  test('learn nothing of processes', async () => {
    const { client } = await untrusted();
    const { info, nar } = sourceOf({ file: 'x' });
    await client.add(info, [nar]);
    await client.collector.addTemporaryRoots([info.path]);
    const roots = [];
    for await (const root of client.collector.roots()) roots.push(root);
    expect(roots).toEqual([{ name: '{censored}', path: info.path }]);
    await client.close();
  });
});

describe('derivations', () => {
  const output = '/nix/store/11111111111111111111111111111111-out';

  test('their outputs, and what would have to be built', async () => {
    const daemon = await start();
    const lower = await addText(daemon.store, 'lower.drv', drvText(output));
    const upperText = drvText(missing, `[("${lower}",["out"])]`);
    const upper = await addText(daemon.store, 'upper.drv', upperText);
    const connection = await connect(daemon);
    await ask(connection, 'QueryDerivationOutputMap', (out) => out.text(lower));
    expect(await connection.in.texts().then((texts) => texts.length)).toBe(1);
    expect(await connection.in.text()).toBe(output);
    await ask(connection, 'QueryMissing', (out) => out.texts([`${upper}!out`, missing, `${missing}.drv!*`]));
    expect(await connection.in.texts()).toEqual([lower, upper].sort());
    expect(await connection.in.texts()).toEqual([]);
    expect(await connection.in.texts()).toEqual([missing, `${missing}.drv`]);
    expect([await connection.in.number(), await connection.in.number()]).toEqual([0, 0]);
    await expect(ask(connection, 'QueryDerivationOutputNames', (out) => out.text(missing))).rejects.toEqual(failure('not-found'));
  });

  test('without a builder nothing is built, and the client is told so', async () => {
    const daemon = await start();
    const drv = await addText(daemon.store, 'x.drv', drvText(output));
    const connection = await connect(daemon);
    await expect(ask(connection, 'BuildPaths', (out) => out.texts([`${drv}!*`]).number(0))).rejects.toEqual(failure('unsupported'));
    // What is there need not be built.
    await ask(connection, 'BuildPaths', (out) => out.texts([drv]).number(0));
    expect(await connection.in.number()).toBe(1);
  });

  test('a builder is given what clients ask for, and tells what it does', async () => {
    const builtBy: unknown[] = [];
    const result = {
      status: 'built',
      errorMessage: '',
      timesBuilt: 1,
      isNonDeterministic: false,
      startTime: 1,
      stopTime: 2,
      builtOutputs: [],
    } as const;
    const build: BuildHandler = {
      paths: async (paths, { mode, tell }) => {
        tell.log('building');
        builtBy.push(paths, mode);
        return paths.map((each) => ({ ...result, path: each }));
      },
      derivation: async (drvPath, derivation) => {
        builtBy.push(drvPath, derivation.system);
        return result;
      },
    };
    const daemon = await start({ build });
    const connection = await connect(daemon);
    const told: string[] = [];
    await connection.out
      .number(operations.BuildPaths)
      .texts([`${missing}.drv!out`])
      .number(2)
      .flush();
    await connection.finish({ log: (text) => told.push(text) });
    expect(await connection.in.number()).toBe(1);
    expect(told).toEqual(['building\n']);
    const derivation = { outputs: new Map(), inputSources: [], system: 'x86_64-linux', builder: '/bin/sh', args: [], env: new Map() };
    await ask(connection, 'BuildDerivation', (out) => {
      writeDerivation(out.text(`${missing}.drv`), derivation);
      out.number(0);
    });
    expect(await readBuildResult(connection.in, connection.version, '/nix/store')).toEqual(result);
    expect(builtBy).toEqual([[{ drvPath: `${missing}.drv`, outputs: ['out'] }], 'check', `${missing}.drv`, 'x86_64-linux']);
  });
});

test('every operation is answered', async () => {
  const daemon = await start();
  const arguments_: Partial<Record<OperationName, (out: WireWriter) => unknown>> = {
    QueryAllValidPaths: () => {},
    SyncWithGC: () => {},
    OptimiseStore: () => {},
    FindRoots: () => {},
    QuerySubstitutablePaths: (out) => out.texts([missing]),
    QuerySubstitutablePathInfo: (out) => out.text(missing),
    QuerySubstitutablePathInfos: (out) => out.number(1).text(missing).text(''),
    QueryValidDerivers: (out) => out.text(missing),
    QueryReferrers: (out) => out.text(missing),
    QueryValidPaths: (out) => out.texts([missing]).bool(true),
    QueryRealisation: (out) => out.text(`sha256:${'ab'.repeat(32)}!out`),
    VerifyStore: (out) => out.bool(true).bool(false),
    AddTempRoot: (out) => out.text(missing),
  };
  for (const [name, write] of Object.entries(arguments_)) await ask(await connect(daemon), name as OperationName, write);
  const failing: Partial<Record<OperationName, (out: WireWriter) => unknown>> = {
    QueryDeriver: (out) => out.text(missing),
    QueryDerivationOutputs: (out) => out.text(missing),
    QueryPathFromHashPart: (out) => out.text('short'),
    EnsurePath: (out) => out.text(missing),
    AddIndirectRoot: (out) => out.text('relative'),
    NarFromPath: (out) => out.text(missing),
    BuildPathsWithResults: (out) => out.texts([`${missing}!out`]).number(0),
  };
  for (const [name, write] of Object.entries(failing)) {
    const connection = await connect(daemon);
    await expect(ask(connection, name as OperationName, write), name).rejects.toBeInstanceOf(StoreError);
    // The connection is as good as before.
    await ask(connection, 'IsValidPath', (out) => out.text(missing));
    expect(await connection.in.bool(), name).toBe(false);
  }
});
