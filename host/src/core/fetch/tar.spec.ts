import { encodeText, joinBytes } from '@vixen/eval-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostError } from '../io.ts';
import { treeOfTar } from './archive-tree.ts';
import { readTar } from './tar.ts';
import { longName, makeTar, paxMember, plainMembers, type TarMember } from './tar-fixture.ts';

const failure = (members: readonly TarMember[] | Uint8Array) => {
  try {
    treeOfTar(members instanceof Uint8Array ? members : makeTar(members));
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    return (error as Error).message;
  }
  return undefined;
};

test('files, folders, links, long names, in what was the only folder', () => {
  const { tree, root } = treeOfTar(makeTar(plainMembers));
  expect(root).toBe('/project-1.0');
  const names = tree.readDir(root).map(([name]) => name);
  expect(names.sort()).toEqual(['default.nix', 'deep', 'empty', `gnu-${longName}`, 'link', longName, 'run.sh', 'same'].sort());
  expect(new TextDecoder().decode(tree.readFile(`${root}/default.nix`))).toBe('{ answer = 42; }\n');
  expect(tree.lstat(`${root}/run.sh`)).toMatchObject({ executable: true });
  expect(tree.lstat(`${root}/same`)).toMatchObject({ executable: true, size: 10 });
  expect(tree.lstat(`${root}/default.nix`)).toMatchObject({ executable: false });
  expect(tree.lstat(`${root}/deep/er/file`)).toMatchObject({ size: 1000 });
  expect(tree.readLink(`${root}/link`)).toBe('../outside');
  expect(tree.readDir(`${root}/empty`)).toEqual([]);
});

test('more than one thing at the top stays as it is', () => {
  expect(treeOfTar(makeTar([{ name: 'a/b' }, { name: 'c' }])).root).toBe('/');
  expect(treeOfTar(makeTar([{ name: 'a' }])).root).toBe('/');
});

test('a later file takes the place of an earlier one', () => {
  const { tree } = treeOfTar(
    makeTar([
      { name: 'a', contents: '1' },
      { name: 'a', type: '2', link: 'b' },
      { name: 'a', contents: '22' },
    ]),
  );
  expect(tree.lstat('/a')).toMatchObject({ type: 'regular', size: 2 });
});

test.each<[string, TarMember[], string]>([
  ['out of the archive', [{ name: '../a' }], "Path contains '..'"],
  ['out of the archive, further down', [{ name: 'a/b/../../../c' }], "Path contains '..'"],
  ['out of it by an extended header', [paxMember({ path: 'a/../../b' }), { name: 'a' }], "Path contains '..'"],
  ['through a link', [{ name: 'a', type: '2', link: '/etc' }, { name: 'a/passwd' }], "Cannot extract through 'a'"],
  [
    'a folder through a link',
    [
      { name: 'a', type: '2', link: '/etc' },
      { name: 'a/b', type: '5' },
    ],
    "Cannot extract through 'a'",
  ],
  ['through a file', [{ name: 'a' }, { name: 'a/b' }], "Cannot extract through 'a'"],
  ['over a folder', [{ name: 'a/b' }, { name: 'a' }], "Can't replace existing directory 'a'"],
  ['no name', [{ name: '' }], 'a file without a name'],
  ['the top itself', [{ name: './', type: '2', link: 'x' }], 'a file without a name'],
  ['a link to what is not there', [{ name: 'a', type: '1', link: 'b' }], "Hard-link target 'b' does not exist"],
  ['a link out of the archive', [{ name: 'a', type: '1', link: '../b' }], "Path contains '..'"],
  ['a device', [{ name: 'a', type: '3' }], "file '\x0ea\x0f' in tarball has unsupported file type"],
  ['a size beyond the end', [{ name: 'a', size: '77777777777\0' }], 'Truncated tar archive'],
  ['a size in base 256 beyond all numbers', [{ name: 'a', size: `\x7f${'\x7f'.repeat(10)}\0` }], 'a number is damaged'],
  ['a size that is none', [{ name: 'a', size: '9\0' }], 'a number is damaged'],
  ['a long name that is too long', [paxMember({ path: 'a/'.repeat(5000) }), { name: 'a' }], 'a name is too long'],
  ['a name with a zero', [paxMember({ path: 'a\0b' }), { name: 'a' }], 'a name holds a zero byte'],
  ['an extended header without end', [{ name: 'pax', type: 'x', contents: '99 path=a\n' }, { name: 'a' }], 'an extended header is damaged'],
  ['a size in an extended header', [paxMember({ size: '-1' }), { name: 'a' }], 'a number is damaged'],
  ['sparse files', [paxMember({ 'GNU.sparse.major': '1' }), { name: 'a' }], 'sparse files are not read here'],
])('refused: %s', (_, members, message) => {
  expect(failure(members)).toContain(message);
});

test('a link in an archive leads nowhere while it is unpacked', () => {
  const members = [
    { name: 'd/up', type: '2', link: '..' },
    { name: 'd/x', contents: '1' },
  ];
  const { tree } = treeOfTar(makeTar(members));
  expect(tree.readDir('/')).toEqual([['d', 'directory']]);
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', encodeText('<!doctype html>'.repeat(100))],
  ['zeros', new Uint8Array(1024)],
  ['less than a header', new Uint8Array(100)],
])('no archive: %s', (_, bytes) => expect(failure(bytes)).toBe('Failed to open archive (Unrecognized archive format)'));

test('hard links to one large file do not make many of it', () => {
  const links = Array.from({ length: 100 }, (_, i) => ({ name: `link-${i}`, type: '1', link: 'large' }));
  const large = { name: 'large', contents: new Uint8Array(2 ** 22) };
  expect(failure([large, ...links])).toContain('it holds more than 384 MiB');
  const { tree } = treeOfTar(makeTar([large, ...links.slice(0, 50)]));
  expect(tree.readFile('/link-49').buffer).toBe(tree.readFile('/large').buffer);
});

test('a damaged header is found by its sum', () => {
  const bytes = makeTar([{ name: 'a' }, { name: 'b' }]);
  bytes[512] = 0x63;
  expect(failure(bytes)).toContain('Damaged tar archive');
});

test('whatever bytes come, they are read or refused', () => {
  const valid = makeTar(plainMembers);
  const changes = fc.array(fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255) }), { maxLength: 8 });
  const repair = fc.boolean();
  fc.assert(
    fc.property(changes, repair, fc.nat(valid.length), (changed, isRepaired, length) => {
      const bytes = valid.slice(0, Math.max(length, 512));
      for (const { at, byte } of changed) if (at < bytes.length) bytes[at] = byte;
      if (isRepaired) repairSums(bytes);
      const message = failure(bytes);
      if (message === undefined) for (const entry of readTar(bytes)) expect(entry.path).not.toContain('\0');
    }),
    { numRuns: 300 },
  );
});

/** Gives each block that may be a header the sum that it should have, so that changes are not all found by it. */
function repairSums(bytes: Uint8Array) {
  for (let start = 0; start + 512 <= bytes.length; start += 512) {
    const header = bytes.subarray(start, start + 512);
    if (new TextDecoder('latin1').decode(header.subarray(257, 262)) !== 'ustar') continue;
    header.set(encodeText('        '), 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(encodeText(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
}

test('what was written is read', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const files = fc.dictionary(name, fc.uint8Array({ maxLength: 1500 }), { minKeys: 1, maxKeys: 8 });
  fc.assert(
    fc.property(files, (wanted) => {
      const { tree } = treeOfTar(joinBytes([makeTar(Object.entries(wanted).map(([file, contents]) => ({ name: file, contents })))]));
      for (const [file, contents] of Object.entries(wanted)) expect(tree.readFile(`/${file}`)).toEqual(contents);
    }),
    { numRuns: 100 },
  );
});
