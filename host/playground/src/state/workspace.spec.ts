import { expect, test } from 'vitest';
import type { FileChange } from '../protocol.ts';
import { nameProblem } from './paths.ts';
import { Workspace } from './workspace.ts';

function opened(files: Record<string, string>, active = Object.keys(files)[0]!) {
  const workspace = new Workspace();
  workspace.replace({ files: Object.entries(files).map(([name, contents]) => ({ name, contents })), active });
  const seen = new Map<string, FileChange['contents']>(workspace.all().map(({ path, contents }) => [path, contents]));
  workspace.on('changed', (changes) => {
    for (const { path, contents } of changes) contents === undefined ? seen.delete(path) : seen.set(path, contents);
  });
  /** What evaluation sees must be what is there. */
  const agrees = () =>
    expect([...seen].sort()).toEqual(
      workspace
        .all()
        .map(({ path, contents }) => [path, contents])
        .sort(),
    );
  return { workspace, agrees };
}

test('files are added, renamed and removed, and evaluation sees it', () => {
  const { workspace, agrees } = opened({ 'default.nix': '1', 'lib.nix': '2', 'c.nix': '3' });
  workspace.rename('lib.nix', 'lib/a.nix');
  expect(workspace.names).toEqual(['default.nix', 'lib/a.nix', 'c.nix']);
  agrees();
  workspace.show('lib/a.nix');
  workspace.remove('lib/a.nix');
  expect(workspace.active).toBe('c.nix');
  agrees();
  workspace.add([{ name: 'd.nix', contents: '4' }]);
  expect(workspace.active).toBe('d.nix');
  workspace.edit('d.nix', '5');
  agrees();
  for (const name of workspace.names) workspace.remove(name);
  expect(workspace.names).toEqual(['default.nix']);
  agrees();
  workspace.replace({ files: [{ name: 'x.nix', contents: '6' }], active: 'gone' });
  expect(workspace.active).toBe('x.nix');
  agrees();
});

test('a name is no file and folder at once, and no two files have one', () => {
  const { workspace } = opened({ 'a.nix': '1', 'b.nix': '2' });
  expect(() => workspace.rename('a.nix', 'b.nix')).toThrow('already');
  expect(() => workspace.add([{ name: 'a.nix/c', contents: '' }])).toThrow('a file and a folder');
  expect(() =>
    workspace.add([
      { name: 'x', contents: '' },
      { name: 'x/y/z', contents: '' },
    ]),
  ).toThrow('x and x/y/z');
  expect(() => workspace.rename('a.nix', '../a')).toThrow('Folders');
  workspace.rename('a.nix', 'a.nix/default.nix');
  expect(workspace.names).toEqual(['a.nix/default.nix', 'b.nix']);
});

test('a name that nobody has', () => {
  const { workspace } = opened({ 'file.nix': '', 'file-2.nix': '' });
  expect(workspace.freeName()).toBe('file-3.nix');
});

test.each(['', '/', 'a//b', './a', 'a/..', 'a\\b', 'a\nb', 'x'.repeat(201)])('%j is no name', (name) =>
  expect(nameProblem(name)).toBeDefined(),
);
test.each(['a', 'a/b.nix', '.gitignore', 'ä ö'])('%j is a name', (name) => expect(nameProblem(name)).toBeUndefined());
