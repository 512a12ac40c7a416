import { expect, test } from 'vitest';
import { Sessions } from './sessions.ts';
import { encodeShare } from './state/share.ts';
import { ConflictError, type WorkspaceStore } from './state/store.ts';
import { type Snapshot, Workspace } from './state/workspace.ts';

const snapshot = (files: Record<string, string>): Snapshot => ({
  files: Object.entries(files).map(([name, contents]) => ({ name, contents })),
  active: Object.keys(files)[0]!,
});

const first = snapshot({ 'default.nix': 'first' });

function opened(store: Partial<Pick<WorkspaceStore, 'load' | 'save'>>) {
  const workspace = new Workspace();
  const saved: Snapshot[] = [];
  const save = async (kept: Snapshot) => void saved.push(kept);
  const sessions = new Sessions(workspace, { load: async () => saved.at(-1), save, ...store } as WorkspaceStore, first);
  const trouble: string[] = [];
  sessions.on('trouble', ({ message }) => trouble.push(message));
  return { workspace, sessions, saved, trouble };
}

test('who has saved nothing finds the welcome, who has, that', async () => {
  const { workspace, sessions } = opened({});
  await sessions.enter('');
  expect(workspace.read('default.nix')).toBe('first');
  workspace.edit('default.nix', 'second');
  await sessions.enter('#example=tour');
  expect(sessions.current.kind).toBe('example');
  await sessions.enter('');
  expect(workspace.read('default.nix')).toBe('second');
});

test('what is changed in an example or a shared session is not saved', async () => {
  const { workspace, sessions, saved } = opened({});
  await sessions.enter(await encodeShare(snapshot({ 'default.nix': 'shared' })));
  workspace.edit('default.nix', 'changed');
  await sessions.save();
  await sessions.enter('');
  expect(saved).toEqual([]);
});

test('copies go into folders that are not there yet', async () => {
  const { workspace, sessions } = opened({});
  for (const text of ['one', 'two']) {
    await sessions.enter(await encodeShare(snapshot({ 'default.nix': text })));
    await sessions.keepCopy();
  }
  expect(workspace.snapshot()).toEqual({
    files: [
      { name: 'default.nix', contents: 'first' },
      { name: 'copy/default.nix', contents: 'one' },
      { name: 'copy-2/default.nix', contents: 'two' },
    ],
    active: 'copy-2/default.nix',
  });
});

test('of several sessions at once the last is opened', async () => {
  const { sessions, workspace } = opened({ load: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 20)) });
  const slow = sessions.enter('');
  await sessions.enter('#example=laziness');
  await slow;
  expect(sessions.current).toMatchObject({ kind: 'example', title: 'Laziness' });
  expect(workspace.read('default.nix')).toContain('Nothing is computed');
});

test('a browser that keeps nothing, and another page, are told of', async () => {
  const none = opened({ load: () => Promise.reject(new Error('no')) });
  await none.sessions.enter('');
  expect(none.workspace.read('default.nix')).toBe('first');
  expect(none.trouble).toEqual([expect.stringContaining('does not keep')]);
  const other = opened({ save: () => Promise.reject(new ConflictError('changed')) });
  await other.sessions.enter('');
  other.workspace.edit('default.nix', 'mine');
  await other.sessions.flush();
  expect(other.trouble).toEqual([expect.stringContaining('Another page')]);
});
