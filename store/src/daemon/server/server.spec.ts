import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../errors.ts';
import type { PathInfo } from '../../path-info.ts';
import type { Store } from '../../service.ts';
import { type Added, collectBytes, noise, outputOf, sourceOf, textOf } from '../../testing/trees.ts';
import { connectToDaemon, type DaemonConnection } from '../client/connection.ts';
import { type OperationName, operations } from '../protocol.ts';
import { clientOf, startTestDaemon, type TestDaemon } from '../testing.ts';
import { readBuildResult } from '../values/build-result.ts';
import { writeDerivation } from '../values/derivations.ts';
import { readInfo, writeInfo } from '../values/paths.ts';
import { FramedSink, WireWriter } from '../wire/writer.ts';
import { serveDaemon } from './serve.ts';
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

describe('hostile clients', () => {
  const bytesOf = (...numbers: bigint[]) => Buffer.from(new BigUint64Array(numbers).buffer);
  const greeting = bytesOf(0x6e697863n, 0x126n, 0n, 0n, 0n);
  const huge = 2n ** 62n;

  /** Sends bytes, and answers what came back when the server has closed the connection. */
  const send = (daemon: TestDaemon, bytes: Uint8Array, end = false) =>
    new Promise<Buffer>((resolve, reject) => {
      const parts: Buffer[] = [];
      const socket = net.connect({ path: daemon.socket });
      socket.on('data', (part: Buffer) => parts.push(part));
      socket.on('close', () => resolve(Buffer.concat(parts)));
      socket.on('error', reject);
      socket.write(bytes);
      if (end) socket.end();
    });

  test.each<[string, Uint8Array, string]>([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ''],
    ['a version that is too old', bytesOf(0x6e697863n, 0x10an), ''],
    ['another major version', bytesOf(0x6e697863n, 0x20an), ''],
    ['an operation that is none', Buffer.concat([greeting, bytesOf(999n)]), 'invalid operation 999'],
    ['an operation beyond all numbers', Buffer.concat([greeting, bytesOf(huge)]), 'too large'],
    ['a path of absurd length', Buffer.concat([greeting, bytesOf(1n, huge)]), 'too large'],
    ['a path of great length', Buffer.concat([greeting, bytesOf(1n, 2n ** 40n)]), 'the message is too large'],
    ['a path elsewhere', Buffer.concat([greeting, bytesOf(1n, 8n), Buffer.from('/etc/pwd')]), 'is not in the Nix store'],
    ['padding that is not zero', Buffer.concat([greeting, bytesOf(1n, 3n), Buffer.from('abcdefgh')]), 'non-zero padding'],
    ['an action that is none', Buffer.concat([greeting, bytesOf(20n, 9n)]), 'too large'],
  ])('%s is refused, and others are served', async (_, bytes, message) => {
    const errors: unknown[] = [];
    const daemon = await start({ onError: (error) => errors.push(error) });
    const reply = await send(daemon, bytes);
    expect(reply.toString('latin1')).toContain(message);
    expect(errors.length).toBe(1);
    const client = clientOf(daemon);
    expect(await client.pathInfo(missing)).toBeUndefined();
    await client.close();
  });

  test('a client that goes in the midst of anything leaves nothing', async () => {
    const daemon = await start();
    const { info, nar } = sourceOf({ file: noise(200_000) });
    const request = await recorded((out) => writeInfo(out.number(operations.AddToStoreNar), info));
    const whole = Buffer.concat([greeting, request, bytesOf(0n, 0n, BigInt(nar.length)), nar, bytesOf(0n)]);
    for (const length of [1, 12, greeting.length + 3, greeting.length + 100, whole.length - nar.length, whole.length - 1000]) {
      await send(daemon, whole.subarray(0, length), true);
    }
    await expect.poll(() => daemon.server.connections).toBe(0);
    expect(await daemon.store.pathInfo(info.path)).toBeUndefined();
    await send(daemon, whole, true);
    expect(await daemon.store.pathInfo(info.path)).toBeDefined();
  });

  const recorded = async (write: (out: WireWriter) => unknown): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    const out = new WireWriter(async (bytes) => void parts.push(bytes));
    write(out);
    await out.flush();
    return Buffer.concat(parts);
  };

  test('archives of other sizes than was said, among many', async () => {
    const client = clientOf(await start());
    const [first, second] = [sourceOf({ file: 'first' }), sourceOf({ file: 'second' })];
    const lying: PathInfo = { ...first.info, narSize: first.info.narSize + 8 };
    const item = ({ info, nar }: Added) => ({ info, nar: [nar] });
    await expect(client.addMany([item({ ...first, info: lying }), item(second)], 2)).rejects.toBeInstanceOf(StoreError);
    await expect(client.addMany([item(first)], 1000)).rejects.toBeInstanceOf(StoreError);
    await client.addMany([item(second)], 1);
    expect(await client.pathInfo(second.info.path)).toBeDefined();
    await client.close();
  });
});

describe('connections', () => {
  test('an error that comes early ends the sending', async () => {
    const client = clientOf(await start());
    const { info } = sourceOf({ file: 'x' });
    let sent = 0;
    const endless = async function* () {
      for (; sent < 2 ** 30; sent += 65536) yield new Uint8Array(65536);
    };
    await expect(client.add({ ...info, narSize: 2 ** 30 }, endless())).rejects.toEqual(failure('invalid'));
    expect(sent).toBeLessThan(2 ** 26);
    await client.close();
  });

  test('a daemon that was started again is found again', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-daemon-'));
    cleanups.push(() => fs.rmSync(folder, { recursive: true }));
    const daemon = await start();
    const socket = path.join(folder, 's');
    const first = await serveDaemon(daemon.store, { socket });
    const client = clientOf({ socket });
    expect(await client.pathInfo(missing)).toBeUndefined();
    await first.close();
    await expect(client.pathInfo(missing)).rejects.toEqual(failure('unavailable'));
    const second = await serveDaemon(daemon.store, { socket });
    expect(await client.pathInfo(missing)).toBeUndefined();
    await client.close();
    await second.close();
  });

  test('more calls than connections wait for their turn', async () => {
    const daemon = await start();
    const client = clientOf(daemon, { maxConnections: 2 });
    const many = Array.from({ length: 20 }, (_, i) => sourceOf({ file: `file ${i}` }));
    await Promise.all(many.map(({ info, nar }) => client.add(info, [nar])));
    expect(daemon.server.connections).toBeLessThanOrEqual(2);
    const infos = await client.pathInfos(many.map(({ info }) => info.path));
    expect(infos.size).toBe(20);
    await client.close();
  });

  test('a socket is not taken from a server that listens, nor a file from anybody', async () => {
    const daemon = await start();
    await expect(serveDaemon(daemon.store, { socket: daemon.socket })).rejects.toEqual(failure('in-use'));
    const file = `${daemon.socket}.file`;
    fs.writeFileSync(file, '');
    await expect(serveDaemon(daemon.store, { socket: file })).rejects.toEqual(failure('invalid'));
  });

  test('only a socket of its own user alone makes clients trusted', async () => {
    const daemon = await start();
    for (const [mode, trusted] of [
      [0o600, true],
      [0o660, false],
      [0o666, false],
    ] as const) {
      const socket = `${daemon.socket}-${mode}`;
      const server = await serveDaemon(daemon.store, { socket, mode });
      expect(fs.statSync(socket).mode & 0o777).toBe(mode);
      const client = clientOf({ socket });
      expect((await client.connect()).trusted).toBe(trusted);
      await client.close();
      await server.close();
      expect(fs.existsSync(socket)).toBe(false);
    }
  });

  test('a store may be opened for each connection, and is closed with it', async () => {
    const daemon = await start();
    const open = new Set<Store>();
    const socket = `${daemon.socket}-own`;
    const openOwn = async (): Promise<Store> => {
      const own: Store = Object.assign(Object.create(daemon.store), { close: async () => void open.delete(own) });
      open.add(own);
      return own;
    };
    const server = await serveDaemon(openOwn, { socket });
    const [one, two] = [await connectToDaemon(socket), await connectToDaemon(socket)];
    expect(open.size).toBe(2);
    one.destroy();
    await expect.poll(() => open.size).toBe(1);
    two.destroy();
    await expect.poll(() => open.size).toBe(0);
    await server.close();
  });
});
