import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blake3 } from '../wasm.ts';
import { compareBytes, hex } from './bytes.ts';
import { decodeDirectory, directorySize, encodeDirectory } from './directory.ts';
import type { Directory, DirectoryEntry, Node } from './node.ts';
import { translateSizes } from './size-translation.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const name = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .filter((value) => !value.includes(0) && !value.includes(0x2f) && !/^\.\.?$/.test(Buffer.from(value).toString('latin1')));
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const size = fc.bigInt({ min: 0n, max: 2n ** 40n });
const node: fc.Arbitrary<Node> = fc.oneof(
  fc.record({ type: fc.constant('file' as const), digest, size, executable: fc.boolean() }),
  fc.record({ type: fc.constant('directory' as const), digest, size }),
  fc.record({
    type: fc.constant('symlink' as const),
    target: fc.uint8Array({ minLength: 1, maxLength: 300 }).filter((t) => !t.includes(0)),
  }),
);
const directories: fc.Arbitrary<Directory> = fc
  .uniqueArray(fc.record({ name, node }), { selector: (entry) => hex(entry.name), maxLength: 8 })
  .map((entries) => ({ entries: entries.sort((a, b) => compareBytes(a.name, b.name)) }));

test('the empty directory has the digest of no bytes', () => {
  const empty = encodeDirectory({ entries: [] });
  expect(empty.length).toBe(0);
  expect(hex(blake3(empty))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
});

test('the encoding is that of protobuf', () => {
  const target: DirectoryEntry = { name: bytes('l'), node: { type: 'symlink', target: bytes('x') } };
  const file: DirectoryEntry = {
    name: bytes('f'),
    node: { type: 'file', digest: new Uint8Array(32).fill(7), size: 300n, executable: true },
  };
  const head = `122a0a01661220${'07'.repeat(32)}18ac022001`;
  expect(hex(encodeDirectory({ entries: [file, target] }))).toBe(`${head}1a060a016c120178`);
});

test('what is encoded is read back', () => {
  fc.assert(
    fc.property(directories, (directory) => {
      expect(decodeDirectory(encodeDirectory(directory))).toEqual(directory);
    }),
  );
});

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (input) => {
      let directory: Directory;
      try {
        directory = decodeDirectory(input);
      } catch (error) {
        expect(error).toMatchObject({ name: 'StoreError', code: 'invalid' });
        return;
      }
      expect(hex(encodeDirectory(directory))).toBe(hex(input));
    }),
    { numRuns: 500 },
  );
});

test('the size counts what lies below', () => {
  const inner: Node = { type: 'directory', digest: new Uint8Array(32), size: 10n };
  const directory: Directory = {
    entries: [
      { name: bytes('a'), node: inner },
      { name: bytes('b'), node: { type: 'symlink', target: bytes('x') } },
    ],
  };
  expect(directorySize(directory)).toBe(14n);
  expect(directorySize(directory, 'proto-comment')).toBe(12n);
  const huge: Node = { type: 'directory', digest: new Uint8Array(32), size: 2n ** 64n - 1n };
  expect(() => directorySize({ entries: [{ name: bytes('a'), node: huge }] })).toThrow('its size overflows');
});

test('a tree is translated to the other formula, and back', () => {
  const file: Node = { type: 'file', digest: new Uint8Array(32).fill(7), size: 300n, executable: true };
  const leaf: Directory = { entries: [{ name: bytes('f'), node: file }] };
  const above = (directory: Directory, formula: 'snix' | 'proto-comment'): Directory => {
    const node: Node = { type: 'directory', digest: blake3(encodeDirectory(directory)), size: directorySize(directory, formula) };
    return { entries: ['a', 'b'].map((text) => ({ name: bytes(text), node })) };
  };
  const tree = (formula: 'snix' | 'proto-comment') => [leaf, above(leaf, formula), above(above(leaf, formula), formula)];
  const there = translateSizes(tree('snix'), 'proto-comment');
  expect(there.directories).toEqual(tree('proto-comment'));
  expect(there.nodes.map(({ size: count }) => count)).toEqual([1n, 4n, 10n]);
  expect(there.nodes.map((node) => hex(node.digest))).toEqual(
    tree('proto-comment').map((directory) => hex(blake3(encodeDirectory(directory)))),
  );
  expect(translateSizes(there.directories, 'snix').directories).toEqual(tree('snix'));
});

describe('refused', () => {
  const link: Node = { type: 'symlink', target: bytes('x') };
  const of = (...entries: [string, Node][]): Directory => ({
    entries: entries.map(([text, value]) => ({ name: bytes(text), node: value })),
  });
  test.each<[string, Directory]>([
    ['an empty name', of(['', link])],
    ['a dot', of(['.', link])],
    ['two dots', of(['..', link])],
    ['a slash', of(['a/b', link])],
    ['a zero', of(['a\0', link])],
    ['a long name', of(['x'.repeat(256), link])],
    ['a name twice', of(['a', link], ['a', link])],
    ['names that descend', of(['b', link], ['a', link])],
    ['an empty target', of(['a', { type: 'symlink', target: bytes('') }])],
    ['a zero in a target', of(['a', { type: 'symlink', target: bytes('a\0') }])],
    ['a long target', of(['a', { type: 'symlink', target: new Uint8Array(4096).fill(65) }])],
    ['a short digest', of(['a', { type: 'file', digest: new Uint8Array(31), size: 0n, executable: false }])],
  ])('%s', (_, directory) => expect(() => encodeDirectory(directory)).toThrow(expect.objectContaining({ code: 'invalid' })));

  test.each([
    ['a list out of order', '1a060a0162120178' + '1a060a0161120178'],
    ['a name in two lists', `12260a01611220${'00'.repeat(32)}18011a060a0161120178`],
    ['a message that ends too soon', '1a060a01'],
    ['a varint without end', 'ff'.repeat(11)],
    ['another wire type', '0d00000000'],
    ['an unknown field', '200a'],
    ['an unknown field of an entry', '1a080a016112017828' + '01'],
    ['fields out of order', '1a061201780a0161'],
    ['lists out of order', `1a060a016c120178${'122a0a01661220'}${'07'.repeat(32)}18ac022001`],
    ['a default that is written', `12260a01611220${'07'.repeat(32)}1800`],
    ['a varint that is longer than it need be', `12270a01611220${'07'.repeat(32)}188100`],
    ['a size beyond 64 bits', `122f0a01611220${'07'.repeat(32)}18${'ff'.repeat(9)}7f`],
    ['sizes that overflow together', `0a2f0a01611220${'07'.repeat(32)}18${'ff'.repeat(9)}01`],
    ['a field twice', '1a090a01610a0161120178'],
  ])('%s', (_, text) =>
    expect(() => decodeDirectory(new Uint8Array(Buffer.from(text, 'hex')))).toThrow(expect.objectContaining({ code: 'invalid' })),
  );
});
