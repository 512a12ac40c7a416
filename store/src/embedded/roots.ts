/**
 * Roots that are files, as Nix has them (Nix manual, "Garbage Collector Roots"; libstore/gc.cc):
 *
 *     ROOT/nix/var/nix/gcroots/…           links into the store, or to links into it
 *     ROOT/nix/var/nix/gcroots/auto/HASH   links to the users' links; gone when these are
 *     ROOT/nix/var/nix/profiles/…          the same
 */
import fs from 'node:fs';
import path from 'node:path';
import { nix32 } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import { nativeHashers } from '../hashing.ts';
import type { Root } from '../service.ts';
import { isSystemError, type StoreLayout, systemCall } from './files.ts';

export class FileRoots {
  readonly #layout: StoreLayout;
  readonly #directory: string;

  constructor(layout: StoreLayout, directory: string) {
    this.#layout = layout;
    this.#directory = directory;
  }

  get #auto(): string {
    return path.join(this.#layout.gcRoots, 'auto');
  }

  #nameOf(link: string): string {
    return path.join(this.#auto, nix32.encode(nativeHashers('sha1').update(Buffer.from(link)).digest()));
  }

  /** The link by which this one is registered. */
  find(link: string): string | undefined {
    const name = this.#nameOf(link);
    return this.#follow(name) === link ? name : undefined;
  }

  add(link: string): void {
    if (!path.isAbsolute(link)) throw new StoreError('invalid', `a root's link has to be absolute: '${link}'`);
    const name = this.#nameOf(link);
    const temporary = `${name}.tmp-${process.pid}`;
    systemCall(`cannot make the root '${name}'`, () => {
      fs.mkdirSync(this.#auto, { recursive: true });
      fs.rmSync(temporary, { force: true });
      fs.symlinkSync(link, temporary);
      fs.renameSync(temporary, name);
    });
  }

  /** All of them; paths need not be valid. */
  *list(): Generator<Root, void, void> {
    yield* this.#below(this.#layout.gcRoots);
    yield* this.#below(this.#layout.profiles);
  }

  *#below(folder: string): Generator<Root, void, void> {
    for (const entry of this.#entries(folder)) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) yield* this.#below(file);
      else if (entry.isSymbolicLink()) yield* this.#ofLink(file);
      // A file keeps the path whose name it has.
      else if (entry.isFile() && /^[0-9a-z]{32}-/.test(entry.name)) yield { name: file, path: `${this.#directory}/${entry.name}` };
    }
  }

  #entries(folder: string): fs.Dirent[] {
    try {
      return fs.readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      // A root that cannot be read might keep anything: nothing may be removed then.
      return systemCall(`cannot read the roots in '${folder}'`, () => {
        throw error;
      });
    }
  }

  *#ofLink(link: string): Generator<Root, void, void> {
    const target = this.#follow(link);
    if (target === undefined) return;
    const direct = this.#storePathOf(target);
    if (direct !== undefined) {
      yield { name: link, path: direct };
      return;
    }
    const second = this.#follow(target);
    if (second === undefined) {
      if (link.startsWith(`${this.#auto}/`) && !exists(target)) fs.rmSync(link, { force: true });
      return;
    }
    const indirect = this.#storePathOf(second);
    if (indirect !== undefined) yield { name: target, path: indirect };
  }

  #follow(link: string): string | undefined {
    try {
      return path.resolve(path.dirname(link), fs.readlinkSync(link));
    } catch (error) {
      if (isSystemError(error, 'ENOENT', 'EINVAL', 'ENOTDIR')) return undefined;
      return systemCall(`cannot read the root '${link}'`, () => {
        throw error;
      });
    }
  }

  /** The path that a link's target is or lies in, whether it is written with the store's root or without. */
  #storePathOf(target: string): string | undefined {
    for (const prefix of [`${this.#directory}/`, `${this.#layout.root}${this.#directory}/`]) {
      if (target.startsWith(prefix)) return `${this.#directory}/${target.slice(prefix.length).split('/')[0]}`;
    }
    return undefined;
  }
}

function exists(file: string): boolean {
  try {
    fs.lstatSync(file);
    return true;
  } catch (error) {
    return !isSystemError(error, 'ENOENT', 'ENOTDIR');
  }
}
