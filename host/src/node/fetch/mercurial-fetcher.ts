// Mercurial repositories, by the installed hg (libfetchers/mercurial.cc).
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeText } from '@vixen/eval-core';
import { type Attributes, fetchError, q, refOf, requiredAttr, revOf, stringAttr } from '../../core/fetch/input.ts';
import { parseUrl, urlPathToFile } from '../../core/fetch/url.ts';
import { NativeTree } from '../files.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { toSri } from './hashes.ts';

const trimmed = (output: Buffer) => decodeText(output).trim();

export async function fetchMercurial(context: FetchContext, given: Attributes): Promise<FetchedTree> {
  const hg = (...args: string[]) => context.run('hg', args);
  const url = parseUrl(requiredAttr(given, 'url'));
  const local = url.scheme === 'file' ? urlPathToFile(url.path) : undefined;
  const name = stringAttr(given, 'name') ?? 'source';
  const unlocked = refOf(given) === undefined && revOf(given) === undefined;
  if (local !== undefined && unlocked && fs.existsSync(path.join(local, '.hg'))) {
    if (hg('status', '-R', local, '--modified', '--added', '--removed').length > 0) return unclean(context, given, local, name);
  }
  const location = local ?? requiredAttr(given, 'url');
  const clone = path.join(context.cache.folder, 'hg', createHash('sha256').update(location).digest('hex'));
  if (fs.existsSync(clone)) hg('pull', '-R', clone, '--', location);
  else {
    fs.mkdirSync(path.dirname(clone), { recursive: true });
    hg('clone', '--noupdate', '--', location, clone);
  }
  const wanted = revOf(given) ?? refOf(given) ?? 'default';
  const [rev = '', count = '0', branch = ''] = trimmed(hg('log', '-R', clone, '-r', wanted, '--template', '{node} {rev} {branch}')).split(
    ' ',
  );
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-hg-'));
  try {
    hg('archive', '-R', clone, '-r', rev, folder);
    fs.rmSync(path.join(folder, '.hg_archival.txt'), { force: true });
    const added = await context.store.addFrom(new NativeTree(), folder, name, { recursive: true });
    return { storePath: added.path, narHash: toSri(added.narHash), input: { ...given, rev, ref: branch, revCount: Number(count) } };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A working tree with changes: its tracked files as they are. */
async function unclean(context: FetchContext, given: Attributes, local: string, name: string): Promise<FetchedTree> {
  const { settings, warn } = context;
  const message = `Mercurial tree ${q(`"${local}"`)} is unclean`;
  if (!settings.bool('allow-dirty')) throw fetchError(message);
  if (settings.bool('warn-dirty')) warn(message);
  const listed = context.run('hg', ['status', '-R', local, '--clean', '--modified', '--added', '--no-status', '--print0']);
  const kept = new Set<string>();
  for (const file of decodeText(listed).split('\0').slice(0, -1)) {
    for (let part = file; part !== '' && part !== '.' && !kept.has(part); part = path.dirname(part)) kept.add(part);
  }
  const keep = (file: string) => kept.has(file.slice(1));
  const added = await context.store.addFrom(new NativeTree(local), '/', name, { recursive: true, keep });
  const ref = trimmed(context.run('hg', ['branch', '-R', local]));
  return { storePath: added.path, narHash: toSri(added.narHash), input: { ...given, ref } };
}
