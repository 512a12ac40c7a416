/** What a client of Snix, or a hostile one, meets. */
import { BlobServiceDefinition, type Directory as DirectoryMessage, DirectoryServiceDefinition, type Entry } from '@vixen/proto/castore';
import { HealthDefinition } from '@vixen/proto/health';
import { ServerReflectionDefinition } from '@vixen/proto/reflection';
import { PathInfoServiceDefinition } from '@vixen/proto/store';
import { CastoreServiceDefinition, CollectorServiceDefinition, PathServiceDefinition } from '@vixen/proto/vixen';
import { nix32 } from '@vixen/wasm';
import { describe, expect, test } from 'vitest';
import { hex } from '../castore/bytes.ts';
import { directorySize, encodeDirectory } from '../castore/directory.ts';
import { directoryMessage } from '../castore/message.ts';
import type { Directory, Node } from '../castore/node.ts';
import { hashPartOf } from '../formats/store-path.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { serveForTest } from '../testing/grpc-server.ts';
import { RawClient } from '../testing/raw-grpc.ts';
import { noise, sourceOf, strangeTree, textOf } from '../testing/trees.ts';
import { blake3 } from '../wasm.ts';
import type { Access } from './rights.ts';
import type { ServeGrpcOptions } from './server.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const absent = new Uint8Array(32).fill(9);
const shortDigest = new Uint8Array(31);

async function open(options: Partial<ServeGrpcOptions> & { readonly access?: Access } = {}): Promise<{ raw: RawClient; store: Store }> {
  const store = await openStore('memory:');
  const server = await serveForTest(store, options);
  return { store, raw: new RawClient(server.addresses[0]!) };
}

const blob = BlobServiceDefinition.methods;
const directory = DirectoryServiceDefinition.methods;
const pathInfo = PathInfoServiceDefinition.methods;

describe('snix.castore.v1.BlobService', () => {
  test('a blob comes in and goes out', async () => {
    const { raw } = await open();
    const contents = noise(3_000_000);
    const parts = [0, 1_000_000, 2_999_999].map((at, i, all) => ({ data: contents.subarray(at, all[i + 1]) }));
    const put = await raw.call(BlobServiceDefinition, blob.put, parts);
    expect(put).toMatchObject({ status: 'OK' });
    const { digest } = put.responses[0]!;
    expect(hex(digest)).toBe(hex(blake3(contents)));
    const read = await raw.call(BlobServiceDefinition, blob.read, [{ digest }]);
    expect(Buffer.compare(Buffer.concat(read.responses.map(({ data }) => data)), contents)).toBe(0);
    const stat = await raw.call(BlobServiceDefinition, blob.stat, [{ digest, sendChunks: true, sendBao: true }]);
    expect(stat).toMatchObject({ status: 'OK', responses: [{ chunks: [], bao: new Uint8Array() }] });
  });

  test('no bytes are a blob', async () => {
    const { raw } = await open();
    const put = await raw.call(BlobServiceDefinition, blob.put, []);
    expect(hex(put.responses[0]!.digest)).toMatch(/^af1349b9/);
    const read = await raw.call(BlobServiceDefinition, blob.read, [{ digest: put.responses[0]!.digest }]);
    expect(read.status).toBe('OK');
  });

  test('what is missing, and what is no digest', async () => {
    const { raw } = await open();
    const stat = (digest: Uint8Array) => raw.call(BlobServiceDefinition, blob.stat, [{ digest, sendChunks: false, sendBao: false }]);
    const read = (digest: Uint8Array) => raw.call(BlobServiceDefinition, blob.read, [{ digest }]);
    expect(await stat(absent)).toMatchObject({ status: 'NOT_FOUND', errorCode: 'not-found' });
    expect(await read(absent)).toMatchObject({ status: 'NOT_FOUND', errorCode: 'not-found' });
    expect(await stat(shortDigest)).toMatchObject({ status: 'INVALID_ARGUMENT', errorCode: 'invalid' });
    expect(await read(new Uint8Array())).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });
});

const file = (digest: Uint8Array): Node => ({ type: 'file', digest, size: 1n, executable: false });
const nodeOf = (value: Directory): Node => ({ type: 'directory', digest: blake3(encodeDirectory(value)), size: directorySize(value) });
const folder = (entries: Record<string, Node>): Directory => ({
  entries: Object.entries(entries).map(([name, node]) => ({ name: bytes(name), node })),
});

describe('snix.castore.v1.DirectoryService', () => {
  const leaf = folder({ f: file(absent) });
  const middle = folder({ a: nodeOf(leaf), b: nodeOf(leaf) });
  const root = folder({ m: nodeOf(middle), n: nodeOf(leaf) });
  const digestOf = (value: Directory) => blake3(encodeDirectory(value));
  const put = (raw: RawClient, ...values: (Directory | DirectoryMessage)[]) =>
    raw.call(
      DirectoryServiceDefinition,
      directory.put,
      values.map((value) => ('entries' in value ? directoryMessage(value) : value)),
    );
  const get = (raw: RawClient, digest: Uint8Array, recursive: boolean) =>
    raw.call(DirectoryServiceDefinition, directory.get, [{ byWhat: { $case: 'digest', value: digest }, recursive }]);

  test('a tree goes in leaves first, and comes out root first, each once', async () => {
    const { raw } = await open();
    const answer = await put(raw, leaf, leaf, middle, root);
    expect(answer).toMatchObject({ status: 'OK', responses: [{ rootDigest: digestOf(root) }] });
    const all = await get(raw, digestOf(root), true);
    expect(all.responses).toEqual([root, middle, leaf].map(directoryMessage));
    expect((await get(raw, digestOf(middle), false)).responses).toEqual([directoryMessage(middle)]);
  });

  test('what is missing', async () => {
    const { raw } = await open();
    expect(await get(raw, absent, false)).toMatchObject({ status: 'NOT_FOUND' });
    expect(await get(raw, absent, true)).toMatchObject({ status: 'OK', responses: [] });
    expect(await get(raw, shortDigest, true)).toMatchObject({ status: 'INVALID_ARGUMENT' });
    const nothing = await raw.call(DirectoryServiceDefinition, directory.get, [{ byWhat: undefined, recursive: false }]);
    expect(nothing).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  const sized = (size: bigint): Directory => folder({ a: { ...nodeOf(leaf), size } as Node });
  test.each<[string, (Directory | DirectoryMessage)[]]>([
    ['nothing', []],
    ['the root before its leaves', [middle, leaf]],
    ['a directory that nobody sent', [middle]],
    ['two roots', [leaf, folder({ other: file(absent) })]],
    ["the proto comment's formula of size", [leaf, sized(1n)]],
    [
      'names out of order',
      [{ directories: [], files: [], symlinks: ['b', 'a'].map((name) => ({ name: bytes(name), target: bytes('x') })) }],
    ],
    ['a name with a slash', [{ directories: [], files: [], symlinks: [{ name: bytes('a/b'), target: bytes('x') }] }]],
    ['an empty target', [{ directories: [], files: [], symlinks: [{ name: bytes('a'), target: bytes('') }] }]],
    [
      'a short digest',
      [{ directories: [], files: [{ name: bytes('a'), digest: shortDigest, size: 1n, executable: false }], symlinks: [] }],
    ],
  ])('refused: %s', async (_, values) => {
    const { raw, store } = await open();
    expect(await put(raw, ...values)).toMatchObject({ status: 'INVALID_ARGUMENT', errorCode: 'invalid' });
    expect(await store.castore!.directories.get(digestOf(middle))).toBeUndefined();
  });
});

describe('snix.store.v1.PathInfoService', () => {
  const get = (raw: RawClient, value: Uint8Array) =>
    raw.call(PathInfoServiceDefinition, pathInfo.get, [{ byWhat: { $case: 'byOutputHash', value } }]);
  const hashOf = (path: string) => nix32.decode(hashPartOf(path))!;

  test('infos come out, and their archives are computed', async () => {
    const { raw, store } = await open();
    const dependency = textOf('dependency');
    const added = textOf('text', { references: [dependency.info.path] });
    for (const each of [dependency, added]) await store.add(each.info, [each.nar]);
    const [info] = (await get(raw, hashOf(added.info.path))).responses;
    expect(info?.narinfo).toMatchObject({
      narSize: BigInt(added.nar.length),
      narSha256: added.info.narHash,
      referenceNames: [dependency.info.path.slice('/nix/store/'.length)],
      ca: { type: 4 },
    });
    expect(info?.references.map(hex)).toEqual([hex(hashOf(dependency.info.path))]);
    const entry = { ...info!.entry!.entry!, value: { ...info!.entry!.entry!.value, name: new Uint8Array() } } as Entry['entry'];
    const nar = await raw.call(PathInfoServiceDefinition, pathInfo.calculateNAR, [{ entry }]);
    expect(nar.responses).toEqual([{ narSize: BigInt(added.nar.length), narSha256: added.info.narHash }]);
    const list = await raw.call(PathInfoServiceDefinition, pathInfo.list, [{}]);
    expect(list.responses.length).toBe(2);
  });

  test('an info is registered when its contents are there and are what it says', async () => {
    const source = await open();
    const target = await open();
    const added = sourceOf({ entries: { a: { file: 'x' } } });
    await source.store.add(added.info, [added.nar]);
    const [info] = (await get(source.raw, hashOf(added.info.path))).responses;
    const put = (message: typeof info) => target.raw.call(PathInfoServiceDefinition, pathInfo.put, [message!]);
    expect(await put(info)).toMatchObject({ status: 'NOT_FOUND' });
    const digest = await target.store.castore!.blobs.put([bytes('x')]);
    expect(await put(info)).toMatchObject({ status: 'NOT_FOUND' });
    await target.store.castore!.directories.put([folder({ a: file(digest) })]);
    const lied = { ...info!, narinfo: { ...info!.narinfo!, narSize: info!.narinfo!.narSize + 8n } };
    expect(await put(lied)).toMatchObject({ status: 'DATA_LOSS', errorCode: 'corrupt' });
    expect(await put({ ...info!, narinfo: undefined })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await put({ ...info!, references: [new Uint8Array(20)] })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await put({ ...info!, entry: { entry: undefined } })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await put(info)).toMatchObject({ status: 'OK', responses: [info] });
    expect(await target.store.pathInfo(added.info.path)).toMatchObject(added.info);
  });

  test('a path whose contents are others than its content address says is refused', async () => {
    const { raw, store } = await open();
    const [good, evil] = [sourceOf({ file: 'good' }), sourceOf({ file: 'evil' })];
    await store.add(evil.info, [evil.nar]);
    const [message] = (await get(raw, hashOf(evil.info.path))).responses;
    const name = bytes(good.info.path.slice('/nix/store/'.length));
    const entry = { ...message!.entry!.entry!, value: { ...message!.entry!.entry!.value, name } } as Entry['entry'];
    const ca = { type: 0, digest: good.info.narHash } as const;
    const lie = { ...message!, entry: { entry }, narinfo: { ...message!.narinfo!, ca } };
    expect(await raw.call(PathInfoServiceDefinition, pathInfo.put, [lie])).toMatchObject({ status: 'DATA_LOSS', errorCode: 'corrupt' });
    expect(await store.pathInfo(good.info.path)).toBeUndefined();
  });

  test('what is missing, and what is no hash part', async () => {
    const { raw } = await open();
    expect(await get(raw, new Uint8Array(20))).toMatchObject({ status: 'NOT_FOUND' });
    expect(await get(raw, new Uint8Array(19))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });
});

describe('vixen.store.v1', () => {
  const castore = CastoreServiceDefinition.methods;

  test('large blobs are not read in batches', async () => {
    const { raw, store } = await open();
    const digest = await store.castore!.blobs.put([noise(5_000_000)]);
    expect(await raw.call(CastoreServiceDefinition, castore.getBlobs, [{ digests: [digest] }])).toMatchObject({
      status: 'INVALID_ARGUMENT',
    });
  });

  test('directories are taken in canonical bytes alone', async () => {
    const { raw } = await open();
    const unknown = new Uint8Array([0x20, 0x01]);
    const answer = await raw.call(CastoreServiceDefinition, castore.putDirectories, [{ directories: [unknown] }]);
    expect(answer).toMatchObject({ status: 'INVALID_ARGUMENT', errorCode: 'invalid' });
  });

  test('an archive without its head, or with two', async () => {
    const { raw, store } = await open();
    const { info, nar } = sourceOf(strangeTree);
    const addNar = PathServiceDefinition.methods.addNar;
    const message = { ...info, narSize: BigInt(info.narSize), references: [], signatures: [], registrationTime: undefined } as never;
    const head = { part: { $case: 'head' as const, value: { info: message, policy: undefined } } };
    const data = { part: { $case: 'data' as const, value: nar } };
    const call = (...parts: Parameters<typeof raw.call<typeof addNar>>[2]) => raw.call(PathServiceDefinition, addNar, parts);
    expect(await call(data)).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await call()).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await call(head, head)).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await call(head)).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await call(head, { part: { $case: 'data', value: nar.subarray(8) } })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await store.pathInfo(info.path)).toBeUndefined();
    expect(await call(head, data)).toMatchObject({ status: 'OK' });
  });

  test('a mode of collecting that nobody knows', async () => {
    const { raw } = await open();
    const request = { mode: 0 as const, paths: [], ignoreLiveness: false, maxFreed: undefined };
    const answer = await raw.call(CollectorServiceDefinition, CollectorServiceDefinition.methods.collect, [request]);
    expect(answer).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });
});

describe('hostile messages', () => {
  test('bytes that are no message', async () => {
    const { raw } = await open();
    const garbage = [new Uint8Array([0xff]), new Uint8Array(20).fill(0xff), bytes('\n\x7f short')];
    for (const service of [BlobServiceDefinition, DirectoryServiceDefinition, PathInfoServiceDefinition, CastoreServiceDefinition]) {
      for (const method of Object.values(service.methods)) {
        for (const message of garbage) {
          expect(await raw.callBytes(service, method, [message])).toMatchObject({ status: 'INVALID_ARGUMENT', errorCode: 'invalid' });
        }
      }
    }
  });

  test('a message that is too large', async () => {
    const { raw } = await open({ maxMessageSize: 100_000 });
    expect(await raw.call(BlobServiceDefinition, blob.put, [{ data: noise(200_000) }])).toMatchObject({ status: 'RESOURCE_EXHAUSTED' });
    expect(await raw.call(BlobServiceDefinition, blob.put, [{ data: noise(50_000) }])).toMatchObject({ status: 'OK' });
  });

  test('a refused stream ends, whatever is still sent', async () => {
    const { raw } = await open();
    const bad = { part: { $case: 'data' as const, value: noise(500_000) } };
    const answer = await raw.call(PathServiceDefinition, PathServiceDefinition.methods.addNar, Array(40).fill(bad));
    expect(answer).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  test('what goes wrong within is not told', async () => {
    const told: unknown[] = [];
    const store = await openStore('memory:');
    const secret = new TypeError('a secret');
    const broken = Object.assign(Object.create(store) as Store, {
      pathFromHashPart: () => Promise.reject(secret),
    });
    const server = await serveForTest(broken, { onError: (error) => told.push(error) });
    const answer = await new RawClient(server.addresses[0]!).call(PathServiceDefinition, PathServiceDefinition.methods.findPath, [
      { hashPart: '0'.repeat(32) },
    ]);
    expect(answer).toMatchObject({ status: 'INTERNAL', details: 'internal error' });
    expect(told).toEqual([secret]);
  });
});

describe('rights', () => {
  const stat = { digest: absent, sendChunks: false, sendBao: false };
  const access: Access = {
    anonymous: ['read'],
    tokens: [
      { token: 'writer', rights: ['write-blobs'] },
      { token: 'all', rights: ['write-blobs', 'register-paths', 'administer'] },
    ],
  };
  const collect = { mode: 1 as const, paths: [], ignoreLiveness: false, maxFreed: undefined };
  const calls = (raw: RawClient) => ({
    read: () => raw.call(BlobServiceDefinition, blob.stat, [stat]),
    write: () => raw.call(BlobServiceDefinition, blob.put, [{ data: bytes('x') }]),
    register: () =>
      raw.call(PathServiceDefinition, PathServiceDefinition.methods.addSignatures, [{ path: textOf('missing').info.path, signatures: [] }]),
    collect: () => raw.call(CollectorServiceDefinition, CollectorServiceDefinition.methods.collect, [collect]),
  });
  const statuses = async (raw: RawClient) => {
    const each = calls(raw);
    return [await each.read(), await each.write(), await each.register(), await each.collect()].map(({ status }) => status);
  };

  test('anyone, a token, another token, an unknown token', async () => {
    const { raw } = await open({ access });
    expect(await statuses(raw)).toEqual(['NOT_FOUND', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
    raw.metadata.set('authorization', 'Bearer writer');
    expect(await statuses(raw)).toEqual(['NOT_FOUND', 'OK', 'PERMISSION_DENIED', 'PERMISSION_DENIED']);
    raw.metadata.set('authorization', 'Bearer all');
    expect(await statuses(raw)).toEqual(['NOT_FOUND', 'OK', 'NOT_FOUND', 'OK']);
    raw.metadata.set('authorization', 'Bearer other');
    expect(await statuses(raw)).toEqual(Array(4).fill('UNAUTHENTICATED'));
    raw.metadata.set('authorization', 'Basic d3JpdGVy');
    expect(await statuses(raw)).toEqual(Array(4).fill('UNAUTHENTICATED'));
  });

  test('a listener without rights lets nobody in', async () => {
    const { raw } = await open({ access: {} });
    expect(await statuses(raw)).toEqual(Array(4).fill('PERMISSION_DENIED'));
  });
});

describe('health and reflection', () => {
  const { check, watch } = HealthDefinition.methods;

  test('services are healthy until the server closes', async () => {
    const store = await openStore('memory:');
    const server = await serveForTest(store);
    const raw = new RawClient(server.addresses[0]!);
    const state = (service: string) => raw.call(HealthDefinition, check, [{ service }]);
    expect((await state('')).responses).toEqual([{ status: 1 }]);
    expect((await state('snix.castore.v1.BlobService')).responses).toEqual([{ status: 1 }]);
    expect(await state('nobody.Knows')).toMatchObject({ status: 'NOT_FOUND' });
    const watched = raw.call(HealthDefinition, watch, [{ service: '' }]);
    await state('');
    await server.close(1000);
    expect((await watched).responses).toEqual([{ status: 1 }, { status: 2 }]);
  });

  test('a client can ask what is served', async () => {
    const { raw } = await open();
    const ask = async (
      messageRequest: Parameters<typeof ServerReflectionDefinition.methods.serverReflectionInfo.requestType.encode>[0]['messageRequest'],
    ) => {
      const { serverReflectionInfo } = ServerReflectionDefinition.methods;
      const { responses } = await raw.call(ServerReflectionDefinition, serverReflectionInfo, [{ host: '', messageRequest }]);
      return responses[0]!.messageResponse!;
    };
    const list = await ask({ $case: 'listServices', value: '' });
    const names = list.$case === 'listServicesResponse' ? list.value.service.map(({ name }) => name) : [];
    expect(names).toContain('snix.store.v1.PathInfoService');
    expect(names).toContain('grpc.health.v1.Health');
    for (const value of [...names, 'snix.store.v1.PathInfoService.Get', 'vixen.store.v1.BytesBatch.Item']) {
      expect((await ask({ $case: 'fileContainingSymbol', value })).$case).toBe('fileDescriptorResponse');
    }
    const file = await ask({ $case: 'fileContainingSymbol', value: 'snix.store.v1.PathInfo' });
    expect(file.$case === 'fileDescriptorResponse' && file.value.fileDescriptorProto.length).toBe(2);
    expect(await ask({ $case: 'fileByFilename', value: 'none.proto' })).toMatchObject({ $case: 'errorResponse', value: { errorCode: 5 } });
    expect(await ask({ $case: 'allExtensionNumbersOfType', value: 'x' })).toMatchObject({ $case: 'errorResponse' });
  });
});
