import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NarError } from '../errors.ts';
import { WasmHashes } from '../module.ts';
import { joinBytes } from '../text.ts';
import { formatListing, ListingSink, listNar, NarAccessor, type NarListing, parseListing } from './listing.ts';
import { flipped, malformed, nested, strings } from './malformed.ts';
import { NarWriter } from './node-writer.ts';
import { type NarNodeSink, NarParser, parseNar } from './parser.ts';

const wasm = new WasmHashes(new WebAssembly.Module(readFileSync(new URL('../../build/vixen-wasm.wasm', import.meta.url))));
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** A tree whose names and targets are bytes, a character each. */
type Tree = { file: Uint8Array; executable: boolean } | { link: string } | { names: Map<string, Tree> };
type Event = readonly unknown[];

/** Keeps what it is told; parts of a file's contents as one. */
class Recorder implements NarNodeSink {
  readonly events: Event[] = [];
  #contents: Uint8Array[] = [];

  directory = (name: Uint8Array) => void this.events.push(['directory', string(name)]);
  endDirectory = () => void this.events.push(['end']);
  file(name: Uint8Array, size: number, executable: boolean) {
    this.#contents = [];
    this.events.push(['file', string(name), size, executable]);
  }
  data(bytes: Uint8Array) {
    this.#contents.push(bytes.slice());
  }
  endFile = () => void this.events.push(['contents', string(joinBytes(this.#contents))]);
  symlink = (name: Uint8Array, target: Uint8Array) => void this.events.push(['symlink', string(name), string(target)]);
}

function eventsOf(tree: Tree, name = ''): Event[] {
  if ('link' in tree) return [['symlink', name, tree.link]];
  if ('file' in tree)
    return [
      ['file', name, tree.file.length, tree.executable],
      ['contents', string(tree.file)],
    ];
  const entries = sorted(tree.names).flatMap(([child, node]) => eventsOf(node, child));
  return [['directory', name], ...entries, ['end']];
}

const sorted = (names: Map<string, Tree>) => [...names].sort(([a], [b]) => Buffer.compare(ascii(a), ascii(b)));

/** The archive of a tree, files' contents in parts of `part` bytes. */
function write(tree: Tree, part = 1 << 20): Uint8Array {
  const pieces: Uint8Array[] = [];
  const writer = new NarWriter(wasm, (bytes) => pieces.push(bytes.slice()));
  const put = (node: Tree, name: string) => {
    if ('link' in node) return writer.symlink(ascii(name), ascii(node.link));
    if ('file' in node) {
      writer.file(ascii(name), node.file.length, node.executable);
      for (let at = 0; at < node.file.length; at += part) writer.data(node.file.subarray(at, at + part));
      return;
    }
    writer.directory(ascii(name));
    for (const [child, inner] of sorted(node.names)) put(inner, child);
    writer.endDirectory();
  };
  put(tree, '');
  writer.end();
  return joinBytes(pieces);
}

function piecesOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

function read(pieces: Iterable<Uint8Array>): Event[] {
  const recorder = new Recorder();
  parseNar(wasm, pieces, recorder);
  return recorder.events;
}

const nameChars = fc.integer({ min: 1, max: 255 }).map((code) => (code === 0x2f ? '\xff' : String.fromCharCode(code)));
const name = fc.string({ unit: nameChars, minLength: 1, maxLength: 20 }).filter((text) => text !== '.' && text !== '..');
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ file: fc.uint8Array({ maxLength: 60 }), executable: fc.boolean() }),
    fc.record({ link: name }),
    fc.record({ names: fc.array(fc.tuple(name, tie('tree')), { maxLength: 5 }).map((entries) => new Map(entries)) }),
  ),
}));
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

const large: Tree = {
  names: new Map<string, Tree>([
    ['a', { file: new Uint8Array(200_001).fill(1), executable: false }],
    ['b', { file: new Uint8Array(5000).fill(2), executable: true }],
    ['c', { names: new Map(Array.from({ length: 3000 }, (_, i) => [`${i}`, { file: new Uint8Array(i % 50), executable: false }])) }],
  ]),
};

describe('archives, node by node', () => {
  test('any tree comes back, however it is written and wherever its bytes are cut', () => {
    fc.assert(
      fc.property(tree, sizes, fc.integer({ min: 1, max: 50 }), (wanted, cuts, part) => {
        const bytes = write(wanted, part);
        expect(write(wanted)).toEqual(bytes);
        expect(read(piecesOf(bytes, cuts))).toEqual(eventsOf(wanted));
      }),
      { numRuns: 300 },
    );
  });

  test.each([1000, 16 * 1024, 64 * 1024, 1 << 24])('large files and many come back (pieces of %i)', (size) => {
    expect(read(piecesOf(write(large, 7000), [size]))).toEqual(eventsOf(large));
  });

  test('contents are parts of the input, not copies', () => {
    const bytes = write(large);
    const seen = new Set<ArrayBufferLike>();
    const nothing = () => {};
    parseNar(wasm, [bytes], {
      directory: nothing,
      endDirectory: nothing,
      file: nothing,
      symlink: nothing,
      data: (part) => seen.add(part.buffer),
    });
    expect([...seen]).toEqual([bytes.buffer]);
  });

  test('is what is written by hand', () => {
    expect(write({ file: ascii('hi'), executable: true })).toEqual(
      strings('nix-archive-1', '(', 'type', 'regular', 'executable', '', 'contents', 'hi', ')'),
    );
    expect(write({ names: new Map([['x', { link: 'y' }]]) })).toEqual(
      strings(...'nix-archive-1 ( type directory entry ( name x node ( type symlink target y ) ) )'.split(' ')),
    );
  });
});

describe('reading', () => {
  test.each(malformed)('refuses %s', (_, bytes, message) => {
    expect(() => read([bytes])).toThrow(message);
    expect(() => read(piecesOf(bytes, [1]))).toThrow(message);
  });

  test('refuses directories deeper than 64', () => {
    expect(() => read([nested(63)])).not.toThrow();
    expect(() => read([nested(64)])).toThrow('bad archive: NAR directory nesting exceeds maximum depth of 64');
  });

  test('refuses a file whose padding is not zero', () => {
    const bytes = write({ file: ascii('x'), executable: false });
    expect(() => read([flipped(bytes, bytes.length - 17)])).toThrow('non-zero padding');
  });

  test('refuses files that are larger than a number can say', () => {
    const size = Buffer.alloc(8, 0xff);
    const bytes = joinBytes([strings('nix-archive-1', '(', 'type', 'regular', 'contents'), size]);
    expect(() => read([bytes])).toThrow('bad archive: file is too large');
  });

  test('notices at every byte that the rest is missing', () => {
    const bytes = write({ names: new Map<string, Tree>([['f', { file: ascii('abc'), executable: true }]]) });
    for (let size = 0; size < bytes.length; size++) {
      expect(() => read([bytes.subarray(0, size)])).toThrow(expect.objectContaining({ code: 'nar-truncated' }));
    }
  });

  test('stops where the archive ends', () => {
    const bytes = write({ file: ascii('x'), executable: false });
    const parser = new NarParser(wasm, new Recorder());
    expect(parser.write(joinBytes([bytes, ascii('123')]))).toBe(bytes.length);
    expect([parser.finished, parser.size, parser.write(ascii('4'))]).toEqual([true, bytes.length, 0]);
    parser.end();
    expect(() => read([bytes, ascii('1')])).toThrow('data after the end');
  });

  test('any damage is a NarError or another tree', () => {
    fc.assert(
      fc.property(tree, sizes, fc.nat(), fc.nat({ max: 255 }), fc.boolean(), (wanted, cuts, place, byte, cut) => {
        const bytes = write(wanted);
        const at = place % bytes.length;
        const damaged = cut ? joinBytes([bytes.subarray(0, at), bytes.subarray(at + 1 + (byte % 16))]) : bytes.slice();
        if (!cut) damaged[at] = byte;
        // What is read all the same is a tree: written again it is the same bytes.
        const pieces: Uint8Array[] = [];
        const writer = new NarWriter(wasm, (bytes) => pieces.push(bytes.slice()));
        try {
          parseNar(wasm, piecesOf(damaged, cuts), writer);
          writer.end();
          expect(joinBytes(pieces)).toEqual(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(NarError);
        } finally {
          writer.close();
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('noise is no archive', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => read([joinBytes([strings('nix-archive-1', '('), bytes])])).toThrow(NarError);
      }),
    );
  });

  test('an error of the sink goes through and closes', () => {
    const failing = new Recorder();
    failing.directory = () => {
      throw new Error('full');
    };
    const parser = new NarParser(wasm, failing);
    expect(() => parser.write(write(large))).toThrow('full');
    expect(() => parser.write(ascii('x'))).toThrow('closed');
  });
});

describe('writing', () => {
  const fresh = () => new NarWriter(wasm, () => {});
  const inDirectory = () => {
    const writer = fresh();
    writer.directory(ascii(''));
    return writer;
  };

  const names = {
    empty: '',
    dot: '.',
    'two dots': '..',
    'a slash': 'a/b',
    'a NUL': 'a\0',
    long: 'x'.repeat(256),
    'very long': 'x'.repeat(5000),
  };
  test.each(Object.entries(names))('refuses a name: %s', (_, bad) => {
    expect(() => inDirectory().file(ascii(bad), 0, false)).toThrow(expect.objectContaining({ code: 'nar-name' }));
  });

  const targets = { empty: '', 'a NUL': 'a\0', long: 'x'.repeat(4096), 'very long': 'x'.repeat(9000) };
  test.each(Object.entries(targets))('refuses a target: %s', (_, bad) => {
    expect(() => inDirectory().symlink(ascii('l'), ascii(bad))).toThrow('the target of symlink');
  });

  test('takes the longest name and target', () => {
    const longest: Tree = { names: new Map([['n'.repeat(255), { link: 't'.repeat(4095) }]]) };
    expect(read([write(longest)])).toEqual(eventsOf(longest));
  });

  test('refuses names out of order, twice, too deep', () => {
    const writer = inDirectory();
    writer.symlink(ascii('b'), ascii('x'));
    expect(() => writer.symlink(ascii('b'), ascii('x'))).toThrow('does not follow');
    expect(() => writer.symlink(ascii('a'), ascii('x'))).toThrow('does not follow');
    const deep = inDirectory();
    for (let i = 1; i < 64; i++) deep.directory(ascii('d'));
    expect(() => deep.directory(ascii('d'))).toThrow(expect.objectContaining({ code: 'nar-depth' }));
  });

  test('holds files to their size', () => {
    const writer = inDirectory();
    writer.file(ascii('f'), 3, false);
    expect(() => writer.data(ascii('abcd'))).toThrow('is given 1 more');
    writer.data(ascii('a'));
    expect(() => writer.endDirectory()).toThrow('lacks its last 2');
    expect(() => writer.file(ascii('g'), 0.5, false)).toThrow(RangeError);
  });

  test('has one root, with all in it ended', () => {
    expect(() => fresh().end()).toThrow('not complete');
    expect(() => fresh().endDirectory()).toThrow('cannot stand here');
    expect(() => fresh().directory(ascii('x'))).toThrow('cannot stand here');
    expect(() => inDirectory().end()).toThrow('not complete');
    const writer = fresh();
    writer.symlink(ascii(''), ascii('x'));
    expect(() => writer.symlink(ascii(''), ascii('x'))).toThrow('cannot stand here');
    writer.end();
    expect(() => writer.end()).toThrow('closed');
  });
});

/** A reader of ranges of bytes, in pieces. */
async function* rangeOf(bytes: Uint8Array, offset: number, length: number) {
  yield* piecesOf(bytes.subarray(offset, offset + length), [1000]);
}

describe('listings', () => {
  test('say where every file lies, and come back from their text', async () => {
    const named = fc.stringMatching(/^[a-zA-Z_-]{1,12}$/);
    const { plain } = fc.letrec<{ plain: Tree }>((tie) => ({
      plain: fc.oneof(
        { maxDepth: 4 },
        fc.record({ file: fc.uint8Array({ maxLength: 60 }), executable: fc.boolean() }),
        fc.record({ link: named }),
        fc.record({ names: fc.array(fc.tuple(named, tie('plain')), { maxLength: 5 }).map((entries) => new Map(entries)) }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(plain, sizes, async (wanted, cuts) => {
        const bytes = write(wanted);
        const listing = listNar(wasm, piecesOf(bytes, cuts));
        expect(parseListing(formatListing(listing))).toEqual(listing);
        const accessor = new NarAccessor(listing, (offset, length) => rangeOf(bytes, offset, length));
        await sameTree(accessor, wanted, '');
      }),
    );
  });

  async function sameTree(accessor: NarAccessor, wanted: Tree, path: string): Promise<void> {
    if ('link' in wanted) return expect(accessor.readLink(path)).toBe(wanted.link);
    if ('names' in wanted) {
      expect(accessor.readDirectory(path)).toEqual(sorted(wanted.names).map(([child]) => child));
      for (const [child, node] of wanted.names) await sameTree(accessor, node, `${path}/${child}`);
      return;
    }
    const parts: Uint8Array[] = [];
    for await (const part of accessor.readFile(path)) parts.push(part);
    expect(joinBytes(parts)).toEqual(wanted.file);
    expect(accessor.find(path)).toMatchObject({ size: wanted.file.length, executable: wanted.executable });
  }

  test('are what Nix writes', () => {
    const nar = write({
      names: new Map<string, Tree>([
        ['dir', { names: new Map([['run', { file: ascii('#!'), executable: true }]]) }],
        ['file', { file: ascii('hello'), executable: false }],
        ['link', { link: 'file' }],
      ]),
    });
    expect(formatListing(listNar(wasm, [nar]))).toBe(
      '{"root":{"entries":{"dir":{"entries":{"run":{"executable":true,"narOffset":400,"size":2,"type":"regular"}},"type":"directory"},' +
        '"file":{"narOffset":624,"size":5,"type":"regular"},"link":{"target":"file","type":"symlink"}},"type":"directory"},"version":1}',
    );
  });

  test('a sink has no listing before the end', () => {
    const sink = new ListingSink();
    expect(() => sink.root).toThrow('has not been read');
    sink.directory(ascii(''));
    expect(() => sink.root).toThrow('has not been read');
  });

  test('names of all kinds survive', () => {
    const text = '{"root":{"entries":{"__proto__":{"target":"x","type":"symlink"}},"type":"directory"},"version":1}';
    expect(formatListing(parseListing(text))).toBe(text);
  });

  const deep = (depth: number): string =>
    depth === 0 ? '{"type":"symlink","target":"x"}' : `{"type":"directory","entries":{"d":${deep(depth - 1)}}}`;
  test.each([
    ['no JSON', '{', 'it is no JSON'],
    ['no object', '[]', 'another version'],
    ['another version', '{"version":2,"root":{}}', 'another version'],
    ['an unknown type', '{"version":1,"root":{"type":"socket"}}', "at '/' its type is unknown"],
    ['no entries', '{"version":1,"root":{"type":"directory"}}', 'it has no entries'],
    ['a bad name', '{"version":1,"root":{"type":"directory","entries":{"a/b":{}}}}', "an entry 'a/b'"],
    ['a bad node', '{"version":1,"root":{"type":"directory","entries":{"a":[]}}}', "at '/a' it is no object"],
    ['a size that is none', '{"version":1,"root":{"type":"regular","size":-1}}', 'no count of bytes'],
    ['an offset that is none', '{"version":1,"root":{"type":"regular","size":1,"narOffset":0.5}}', 'no count of bytes'],
    ['no target', '{"version":1,"root":{"type":"symlink"}}', 'it has no target'],
    ['too much depth', `{"version":1,"root":${deep(65)}}`, 'deeper than 64'],
  ])('refuse %s', (_, text, message) => {
    expect(() => parseListing(text)).toThrow(message);
    expect(() => parseListing(text)).toThrow(expect.objectContaining({ code: 'nar-listing' }));
  });

  test('an accessor says what is wrong', async () => {
    const root: NarListing = {
      type: 'directory',
      entries: new Map<string, NarListing>([
        ['f', { type: 'regular', size: 4, executable: false, narOffset: 1 }],
        ['old', { type: 'regular', size: 4, executable: false }],
      ]),
    };
    const accessor = new NarAccessor(root, (offset, length) => rangeOf(ascii('abc'), offset, length));
    const all = async (path: string) => {
      for await (const _ of accessor.readFile(path));
    };
    expect(() => accessor.readLink('/f')).toThrow("path '/f' inside NAR file is not a symlink");
    expect(() => accessor.readDirectory('/f')).toThrow("path '/f' inside NAR file is not a directory");
    expect(() => accessor.readDirectory('/g')).toThrow("NAR file does not contain path '/g'");
    await expect(all('/')).rejects.toThrow("path '/' inside NAR file is not a regular file");
    await expect(all('/old')).rejects.toThrow('does not say where');
    await expect(all('/f')).rejects.toThrow("has fewer than the 4 bytes of '/f'");
  });
});
