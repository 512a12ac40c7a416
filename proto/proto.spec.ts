import path from 'node:path';
import { BuildRequest } from '@vixen/proto/build';
import { BlobServiceDefinition, Directory, DirectoryServiceDefinition, StatBlobResponse } from '@vixen/proto/castore';
import { fileDescriptors } from '@vixen/proto/descriptors';
import { NARInfo_CA_Hash, PathInfo, PathInfoServiceDefinition } from '@vixen/proto/store';
import { ReadBlobRequest } from '@vixen/proto/vixen';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

test('a path info is what Snix has on the wire', () => {
  const info: PathInfo = {
    entry: { entry: { $case: 'symlink', value: { name: bytes('n'), target: bytes('t') } } },
    references: [new Uint8Array([1, 2])],
    narinfo: {
      narSize: 300n,
      narSha256: new Uint8Array([9]),
      signatures: [{ name: 'k', data: new Uint8Array([7]) }],
      referenceNames: ['r'],
      deriver: { name: 'd', digest: new Uint8Array([5]) },
      ca: { type: NARInfo_CA_Hash.TEXT_SHA256, digest: new Uint8Array([6]) },
    },
  };
  const encoded = PathInfo.encode(info).finish();
  const entry = '0a081a060a016e120174';
  const narinfo = '08ac02' + '120109' + '1a060a016b120107' + '220172' + '2a060a0164120105' + '32050804120106';
  expect(hex(encoded)).toBe(`${entry}12020102${'1a20'}${narinfo}`);
  expect(PathInfo.decode(encoded)).toEqual(info);
});

test('field numbers that leave gaps, and 64-bit integers', () => {
  expect(hex(StatBlobResponse.encode({ chunks: [{ digest: bytes('d'), size: 2n ** 64n - 1n }], bao: bytes('b') }).finish())).toBe(
    '120e0a016410ffffffffffffffffff011a0162',
  );
});

test('a length of zero differs from none', () => {
  const request = { digest: bytes('d'), offset: 0n };
  expect(ReadBlobRequest.decode(ReadBlobRequest.encode({ ...request, length: 0n }).finish()).length).toBe(0n);
  expect(ReadBlobRequest.decode(ReadBlobRequest.encode({ ...request, length: undefined }).finish()).length).toBeUndefined();
});

test('services are called as Snix names them', () => {
  const names = [BlobServiceDefinition, DirectoryServiceDefinition, PathInfoServiceDefinition].map(({ fullName, methods }) => [
    fullName,
    Object.values(methods).map(
      ({ name, requestStream, responseStream }) => `${requestStream ? '*' : ''}${name}${responseStream ? '*' : ''}`,
    ),
  ]);
  expect(names).toEqual([
    ['snix.castore.v1.BlobService', ['Stat', 'Read*', '*Put']],
    ['snix.castore.v1.DirectoryService', ['Get*', '*Put']],
    ['snix.store.v1.PathInfoService', ['Get', 'Put', 'CalculateNAR', 'List*']],
  ]);
});

describe('another implementation of protobuf', () => {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => path.resolve(import.meta.dirname, target);
  root.loadSync(['snix/castore/v1/castore.proto', 'snix/build/v1/build.proto']);
  const options = { longs: BigInt, bytes: Uint8Array, defaults: true };

  const someBytes = fc.uint8Array({ maxLength: 40 });
  const entry = { name: someBytes, digest: someBytes, size: fc.bigInt({ min: 0n, max: 2n ** 53n }) };
  const directory: fc.Arbitrary<Directory> = fc.record({
    directories: fc.array(fc.record(entry), { maxLength: 4 }),
    files: fc.array(fc.record({ ...entry, executable: fc.boolean() }), { maxLength: 4 }),
    symlinks: fc.array(fc.record({ name: someBytes, target: someBytes }), { maxLength: 4 }),
  });

  test('writes the same bytes of directories', () => {
    const type = root.lookupType('snix.castore.v1.Directory');
    const plain = (value: Directory) => JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item)));
    fc.assert(
      fc.property(directory, (value) => {
        const ours = Directory.encode(value).finish();
        const theirs = type.decode(ours);
        expect(hex(type.encode(theirs).finish())).toBe(hex(ours));
        expect(type.toObject(theirs, options).files?.length ?? 0).toBe(plain(value).files.length);
        expect(Directory.decode(ours)).toEqual(value);
      }),
    );
  });

  test('reads a build request', () => {
    const request: BuildRequest = {
      inputs: [],
      commandArgs: ['sh', '-c', 'true'],
      workingDir: 'build',
      scratchPaths: ['build', 'nix/store'],
      inputsDir: 'nix/store',
      outputs: ['nix/store/x'],
      environmentVars: [{ key: 'A', value: bytes('b') }],
      constraints: { system: 'x86_64-linux', minMemory: 1n, availableRoPaths: ['/dev'], networkAccess: true, provideBinSh: false },
      additionalFiles: [{ path: 'build/f', contents: bytes('c') }],
      refscanNeedles: ['n'],
    };
    const read = root.lookupType('snix.build.v1.BuildRequest').decode(BuildRequest.encode(request).finish()).toJSON();
    expect(read).toMatchObject({ commandArgs: request.commandArgs, constraints: { networkAccess: true }, refscanNeedles: ['n'] });
    expect(BuildRequest.decode(BuildRequest.encode(request).finish())).toEqual(request);
  });
});

test('descriptors come after what they import, and define each name once', () => {
  const before = new Set<string>();
  const symbols = fileDescriptors.flatMap((file) => file.symbols);
  expect(new Set(symbols).size).toBe(symbols.length);
  for (const { name, imports } of fileDescriptors) {
    for (const imported of imports) expect(before).toContain(imported);
    before.add(name);
  }
});
