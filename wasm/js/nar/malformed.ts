/** Archives that are none, with what Nix 2.34.8 says of them: for the specs of all that reads archives. */

/** Strings as an archive has them, for archives made by hand. */
export function strings(...texts: string[]): Uint8Array {
  const parts = texts.flatMap((text) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
    return [length, Buffer.from(text), Buffer.alloc((8 - (Buffer.byteLength(text) % 8)) % 8)];
  });
  return new Uint8Array(Buffer.concat(parts));
}

const entry = (name: string, ...rest: string[]) => [
  'entry',
  '(',
  'name',
  name,
  'node',
  '(',
  'type',
  'symlink',
  'target',
  'x',
  ')',
  ')',
  ...rest,
];
const directory = (...inner: string[]) => strings('nix-archive-1', '(', 'type', 'directory', ...inner, ')');

/** The bytes with one changed to 1. */
export const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? 1 : byte));

/** A link that lies in so many directories. */
export function nested(depth: number): Uint8Array {
  const down = Array.from({ length: depth }, () => ['(', 'type', 'directory', 'entry', '(', 'name', 'd', 'node']).flat();
  return strings('nix-archive-1', ...down, '(', 'type', 'symlink', 'target', 'x', ')', ...Array.from({ length: depth * 2 }, () => ')'));
}

/** What each is, its bytes, the message. */
export const malformed: readonly [string, Uint8Array, string][] = [
  ['another format', strings('nix-archive-2'), "bad archive: input doesn't look like a Nix archive"],
  ['text', new TextEncoder().encode('hello, world'), "bad archive: input doesn't look like a Nix archive"],
  ['an unknown type', strings('nix-archive-1', '(', 'type', 'socket'), "bad archive: unknown file type 'socket'"],
  ['a wrong tag', strings('nix-archive-1', '['), "bad archive: expected tag '(', got '['"],
  ['a long tag', strings('nix-archive-1', 'x'.repeat(33)), 'string is too long'],
  ['an executable with a value', strings('nix-archive-1', '(', 'type', 'regular', 'executable', 'x'), 'string is too long'],
  [
    'an executable after its contents',
    strings('nix-archive-1', '(', 'type', 'regular', 'contents', '', 'executable', ''),
    "got 'executable'",
  ],
  ['an empty target', strings('nix-archive-1', '(', 'type', 'symlink', 'target', ''), 'bad archive: NAR contains invalid symlink target'],
  ['a long target', strings('nix-archive-1', '(', 'type', 'symlink', 'target', 'x'.repeat(4096)), 'string is too long'],
  ['unsorted names', directory(...entry('b'), ...entry('a')), 'bad archive: NAR directory is not sorted'],
  ['a name twice', directory(...entry('a'), ...entry('a')), 'bad archive: NAR directory is not sorted'],
  ['an empty name', directory(...entry('')), "bad archive: NAR contains invalid file name ''"],
  ['a dot', directory(...entry('.')), "bad archive: NAR contains invalid file name '.'"],
  ['two dots', directory(...entry('..')), "bad archive: NAR contains invalid file name '..'"],
  ['a slash', directory(...entry('a/b')), "bad archive: NAR contains invalid file name 'a/b'"],
  ['a NUL', directory(...entry('a\0b')), "bad archive: NAR contains invalid file name 'a\0b'"],
  ['a long name', directory(...entry('x'.repeat(256))), 'string is too long'],
  ['a node before its name', directory('entry', '(', 'node'), "bad archive: expected tag 'name', got 'node'"],
  ['an unknown entry', directory('file'), "bad archive: expected tag 'entry' or ')', got 'file'"],
  ['padding that is not zero', flipped(strings('nix-archive-1'), 23), 'non-zero padding'],
];
