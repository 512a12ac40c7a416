// `--write-to`: strings as files, sets of them as folders (nix/eval.cc).
import fs from 'node:fs';
import { ErrorCode, type Handle, NixError, ValueKind } from '@vixen/eval-core';
import type { Session } from '../core/session.ts';

const plain = (message: string) => new NixError(ErrorCode.Plain, message);

/** Writes a value to a path where nothing may be yet. */
export async function writeTree(session: Session, value: Handle, path: string): Promise<void> {
  if (fs.lstatSync(path, { throwIfNoEntry: false })) throw plain(`path '\x0e${path}\x0f' already exists`);
  await writeNode(session, value, path);
}

async function writeNode(session: Session, value: Handle, path: string): Promise<void> {
  const forced = await session.force(value);
  const kind = session.kind(forced);
  if (kind === ValueKind.String) fs.writeFileSync(path, session.machine.stringBytes(forced));
  else if (kind === ValueKind.Attrs) await writeFolder(session, forced, path);
  else throw plain(`value at '\x0e${path}\x0f' is not a string or an attribute set`);
}

async function writeFolder(session: Session, set: Handle, path: string) {
  fs.mkdirSync(path);
  for (const name of session.machine.attrNames(set)) {
    if (name === '.' || name === '..' || name.includes('/')) throw plain(`invalid file name '\x0e${name}\x0f'`);
    await writeNode(session, session.machine.attr(set, name)!, `${path}/${name}`);
  }
}
