/** Small trees as archives and path infos, for specs of stores. */
import { formatHash, NarChunks, narMagic, narPadding, nix32, StoreDir } from '@vixen/wasm';
import { compareBytes } from '../castore/bytes.ts';
import { nativeHashers } from '../hashing.ts';
import type { PathInfo } from '../path-info.ts';

/** A file's contents, a link, or entries by name. A name in latin1 is bytes, a character each. */
export type Tree =
  | { readonly file: Uint8Array | string; readonly executable?: boolean }
  | { readonly link: string }
  | { readonly entries: Readonly<Record<string, Tree>> };

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const contentsOf = (file: Uint8Array | string) => (typeof file === 'string' ? new TextEncoder().encode(file) : file);

export function archiveOf(tree: Tree): Uint8Array {
  const parts: Uint8Array[] = [];
  const out = new NarChunks();
  const flush = () => parts.push(out.take().slice());
  out.text(narMagic);
  const write = (node: Tree): void => {
    out.text('(', 'type');
    if ('file' in node) {
      const contents = contentsOf(node.file);
      out.text('regular');
      if (node.executable) out.text('executable', '');
      out.text('contents');
      out.number(contents.length);
      flush();
      parts.push(contents);
      out.zeros(narPadding(contents.length));
    } else if ('link' in node) {
      out.text('symlink', 'target');
      out.bytes(latin1(node.link));
    } else {
      out.text('directory');
      const names = Object.keys(node.entries).sort((a, b) => compareBytes(latin1(a), latin1(b)));
      for (const name of names) {
        out.text('entry', '(', 'name');
        out.bytes(latin1(name));
        out.text('node');
        write(node.entries[name]!);
        out.text(')');
        flush();
      }
    }
    out.text(')');
  };
  write(tree);
  flush();
  out.release();
  return new Uint8Array(Buffer.concat(parts));
}

export interface Added {
  readonly info: PathInfo;
  readonly nar: Uint8Array;
}

export interface TreeOptions {
  readonly name?: string;
  readonly references?: readonly string[];
  readonly deriver?: string;
}

const directory = new StoreDir(nativeHashers);
const sha256 = (bytes: Uint8Array) => nativeHashers('sha256').update(bytes).digest();

/** A content-addressed path, as `nix-store --add` makes it. */
export function sourceOf(tree: Tree, { name = 'source', references = [], deriver }: TreeOptions = {}): Added {
  const nar = archiveOf(tree);
  const narHash = sha256(nar);
  const hash = { algo: 'sha256', digest: narHash } as const;
  const sorted = [...references].sort();
  const path = directory.makeFixedOutputPath(name, { method: 'nar', hash, references: sorted });
  const ca = `fixed:r:${formatHash(hash, 'nix32')}`;
  return { nar, info: { path, narHash, narSize: nar.length, references: sorted, signatures: [], ca, ...(deriver ? { deriver } : {}) } };
}

/** A text, as derivations are. */
export function textOf(text: string, { name = 'text', references = [] }: TreeOptions = {}): Added {
  const nar = archiveOf({ file: text });
  const digest = sha256(new TextEncoder().encode(text));
  const sorted = [...references].sort();
  const ca = `text:${formatHash({ algo: 'sha256', digest }, 'nix32')}`;
  const path = directory.makeTextPath(name, digest, sorted);
  return { nar, info: { path, narHash: sha256(nar), narSize: nar.length, references: sorted, signatures: [], ca } };
}

/** A path whose name says nothing of its contents, as a build's output: it needs a signature. */
export function outputOf(tree: Tree, { name = 'output', references = [], deriver }: TreeOptions = {}): Added {
  const nar = archiveOf(tree);
  const digest = sha256(new TextEncoder().encode(`${name} ${JSON.stringify(references)}`)).subarray(0, 20);
  const path = `/nix/store/${nix32.encode(digest)}-${name}`;
  const info = { path, narHash: sha256(nar), narSize: nar.length, references: [...references].sort(), signatures: [] };
  return { nar, info: deriver ? { ...info, deriver } : info };
}

/** The whole of a stream; its chunks are copied. */
export async function collectBytes(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}

/** Bytes that do not repeat and are the same every time. */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = (seed * 2654435761) | 1;
  for (let i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** Everything that archives can hold, with names of all kinds. */
export const strangeTree: Tree = {
  entries: {
    'a.b': { file: 'before' },
    a: { entries: { empty: { file: '' }, 'no-entries': { entries: {} }, run: { file: '#!/bin/sh\n', executable: true } } },
    'a-b': { file: 'between' },
    '\xff\xfe': { file: 'bytes that are no UTF-8' },
    '\xc3\xa9': { link: '../\xff' },
    ' space\n': { file: noise(70_000) },
    copy: { file: noise(70_000) },
    [`long-${'x'.repeat(250)}`]: { file: 'x', executable: true },
    large: { file: noise(700_001, 7) },
  },
};
