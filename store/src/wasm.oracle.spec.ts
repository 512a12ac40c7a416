// Hashes, archives and listings of the Wasm room, compared with what real Nix says.
import fs from 'node:fs';
import {
  base16,
  formatHash,
  joinBytes,
  jsonOfListing,
  listNar,
  ModuloHasher,
  NarWriter,
  nix32,
  parseNar,
  ReferenceScanner,
  StoreDir,
} from '@vixen/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeHashers } from './hashing.ts';
import { missingNix, NixOracle } from './testing/oracle.ts';
import { wasmHashes } from './wasm.ts';

const missing = missingNix();

describe.skipIf(missing !== undefined)(`the Wasm room and Nix${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  let nar: Buffer;
  const wasm = missing ? undefined! : wasmHashes();

  beforeAll(async () => {
    nix = new NixOracle();
    fs.mkdirSync(nix.at('tree', 'dir', 'empty'), { recursive: true });
    fs.writeFileSync(nix.at('tree', 'dir', 'run'), '#!/bin/sh\n', { mode: 0o755 });
    fs.writeFileSync(nix.at('tree', 'file'), 'hello');
    fs.writeFileSync(nix.at('tree', 'large'), Buffer.alloc(300_001, 'large'));
    fs.writeFileSync(nix.at('tree', 'none'), '');
    fs.writeFileSync(nix.at('tree', 'ünïcode 😀'), 'x');
    fs.symlinkSync('dir/run', nix.at('tree', 'link'));
    nar = await nix.bytes('nix-store', ['--dump', nix.at('tree')]);
  });
  afterAll(() => nix?.remove());

  test('an archive is read, and written as it was', () => {
    const pieces: Uint8Array[] = [];
    const writer = new NarWriter(wasm, (bytes) => pieces.push(bytes.slice()));
    parseNar(wasm, [nar], writer);
    writer.end();
    expect(Buffer.compare(joinBytes(pieces), nar)).toBe(0);
  });

  test('what is written is read by Nix', async () => {
    const pieces: Uint8Array[] = [];
    const writer = new NarWriter(wasm, (bytes) => pieces.push(bytes.slice()));
    const name = (text: string) => Buffer.from(text);
    writer.directory(name(''));
    writer.file(name('f'), 3, true);
    writer.data(name('abc'));
    writer.symlink(name('l'), name('t'));
    writer.endDirectory();
    writer.end();
    await nix.output('nix-store', ['--restore', nix.at('restored')], { input: joinBytes(pieces) });
    expect(fs.readFileSync(nix.at('restored', 'f'), 'utf8')).toBe('abc');
    expect(fs.statSync(nix.at('restored', 'f')).mode & 0o111).not.toBe(0);
    expect(fs.readlinkSync(nix.at('restored', 'l'))).toBe('t');
  });

  test('a listing is what `nix nar ls` says', async () => {
    fs.writeFileSync(nix.at('tree.nar'), nar);
    const listed = await nix.output('nix', ['nar', 'ls', '--json', '-R', nix.at('tree.nar'), '/']);
    expect(JSON.stringify(jsonOfListing(listNar(wasm, [nar])))).toBe(listed.trim());
  });

  test.each(['md5', 'sha1', 'sha256', 'sha512', 'blake3'] as const)('%s of the archive and of a file', async (algo) => {
    const settings = { env: { NIX_CONFIG: 'experimental-features = nix-command blake3-hashes\n' } };
    const ofTree = await nix.output('nix-hash', ['--type', algo, nix.at('tree')], settings);
    const ofFile = await nix.output('nix-hash', ['--type', algo, '--base32', '--flat', nix.at('tree', 'large')], settings);
    expect(base16.encode(wasm.hash(algo, nar))).toBe(ofTree.trim());
    expect(nix32.encode(wasm.hash(algo, fs.readFileSync(nix.at('tree', 'large'))))).toBe(ofFile.trim());
  });

  test('references are found, and the hash of a path that refers to itself does not depend on it', async () => {
    const other = (await nix.output('nix-store', ['--add', nix.at('tree', 'file')])).trim();
    const self = `/nix/store/${'0123456789abcdfghijklmnpqrsvwxyz'}-self`;
    await nix.output('nix-store', ['--import'], { input: exported(self, [other, self], `${other} ${self} and ${self}\n`), env: unsigned });
    const rewritten = JSON.parse(await nix.output('nix', ['store', 'make-content-addressed', '--json', self]));
    const path: string = rewritten.rewrites[self];
    const dump = await nix.bytes('nix-store', ['--dump', nix.at('root', path)]);

    const scanner = new ReferenceScanner(wasm, [self, path, other].map(hashPart));
    scanner.write(dump);
    expect(scanner.found()).toEqual([path, other].map(hashPart));
    scanner.close();

    const { digest } = new ModuloHasher(wasm, nativeHashers, 'sha256', hashPart(path)).update(dump).digest();
    const info = await nix.output('nix', ['path-info', '--json', '--json-format', '1', path]);
    const hash = { algo: 'sha256', digest } as const;
    expect(info).toContain(formatHash(hash, 'nix32'));
    const fixed = { method: 'nar', hash, references: [other], self: true } as const;
    expect(new StoreDir(nativeHashers).makeFixedOutputPath('self', fixed)).toBe(path);
  });

  const unsigned = { NIX_CONFIG: 'require-sigs = false\n' };
  const hashPart = (path: string) => path.slice('/nix/store/'.length).slice(0, 32);

  /** A path as `nix-store --export` writes it (libstore/export-import.cc): an archive, a mark, the path, its references, no deriver. */
  function exported(path: string, references: readonly string[], text: string): Uint8Array {
    const pieces: Uint8Array[] = [number(1)];
    const writer = new NarWriter(wasm, (bytes) => pieces.push(bytes.slice()));
    writer.file(new Uint8Array(), text.length, false);
    writer.data(Buffer.from(text));
    writer.end();
    const strings = [path, ...references].map(string);
    pieces.push(number(0x4558494e), strings[0]!, number(references.length), ...strings.slice(1), string(''), number(0), number(0));
    return joinBytes(pieces);
  }

  function number(value: number): Uint8Array {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(value);
    return bytes;
  }

  const string = (text: string) => joinBytes([number(text.length), Buffer.from(text), Buffer.alloc((8 - (text.length % 8)) % 8)]);
});
