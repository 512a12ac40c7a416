/**
 * Values of the index. Numbers are little-endian; keys that are numbers are big-endian, so that their order is the numbers'.
 *
 *     blob       0 kind u8 · 1 executable u8 · 2 0 u16 · 4 stamp u32 · 8 pack or serial u32 · 12 offset u64 · 20 size u64
 *     directory  0 stamp u32 · 4 complete u8 · 5 the canonical encoding
 *     pack       0 session u32 · 4 end u64 · 12 live bytes u64
 *     path       JSON: [narHash, narSize, registrationTime, ultimate, deriver, ca, references, signatures, node]
 */
import { hex } from '../castore/bytes.ts';
import type { Node } from '../castore/node.ts';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';

/** Where a blob lies: in a pack, or as a file of its own. */
export type BlobRecord =
  | { readonly kind: 'pack'; readonly stamp: number; readonly pack: number; readonly offset: number; readonly size: number }
  | { readonly kind: 'file'; readonly stamp: number; readonly serial: number; readonly executable: boolean; readonly size: number };

/** A blob that is larger is a file, so that checkouts can be links to it. */
export const smallBlob = 64 * 1024;
const blobSize = 28;
const kinds = { pack: 0, file: 1 } as const;

export function encodeBlob(record: BlobRecord): Buffer {
  const bytes = Buffer.allocUnsafe(blobSize).fill(0);
  bytes[0] = kinds[record.kind];
  bytes[1] = record.kind === 'file' && record.executable ? 1 : 0;
  bytes.writeUInt32LE(record.stamp, 4);
  bytes.writeUInt32LE(record.kind === 'pack' ? record.pack : record.serial, 8);
  if (record.kind === 'pack') writeNumber(bytes, record.offset, 12);
  writeNumber(bytes, record.size, 20);
  return bytes;
}

export function decodeBlob(bytes: Buffer): BlobRecord {
  if (bytes.length !== blobSize) throw damaged('a blob');
  const [stamp, number, size] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8), readNumber(bytes, 20)];
  if (!Number.isSafeInteger(size)) throw damaged('a blob');
  if (bytes[0] === kinds.pack) {
    const offset = readNumber(bytes, 12);
    // What is read at once: nothing of that size is in a pack.
    if (size > smallBlob || !Number.isSafeInteger(offset)) throw damaged('a blob');
    return { kind: 'pack', stamp, pack: number, offset, size };
  }
  if (bytes[0] === kinds.file) return { kind: 'file', stamp, serial: number, executable: bytes[1] === 1, size };
  throw damaged('a blob');
}

export const stampOfBlob = (bytes: Buffer): number => bytes.readUInt32LE(4);

/** The same record with another stamp. */
export function restampBlob(bytes: Buffer, stamp: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(stamp, 4);
  return copy;
}

export interface DirectoryRecord {
  readonly stamp: number;
  /** Whether all that lies below is there, and is stamped no earlier. */
  readonly complete: boolean;
  readonly encoded: Uint8Array;
}

export function encodeDirectoryRecord({ stamp, complete, encoded }: DirectoryRecord): Buffer {
  const bytes = Buffer.alloc(5 + encoded.length);
  bytes.writeUInt32LE(stamp, 0);
  bytes[4] = complete ? 1 : 0;
  bytes.set(encoded, 5);
  return bytes;
}

export function decodeDirectoryRecord(bytes: Buffer): DirectoryRecord {
  if (bytes.length < 5) throw damaged('a directory');
  return {
    stamp: bytes.readUInt32LE(0),
    complete: bytes[4] === 1,
    encoded: new Uint8Array(bytes.buffer, bytes.byteOffset + 5, bytes.length - 5),
  };
}

export interface PackRecord {
  /** The session that writes it; 0: nobody. */
  readonly session: number;
  /** Where the next entry goes. */
  readonly end: number;
  /** Bytes of blobs that the index names. */
  readonly live: number;
}

export function encodePack({ session, end, live }: PackRecord): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(session, 0);
  writeNumber(bytes, end, 4);
  writeNumber(bytes, live, 12);
  return bytes;
}

export function decodePack(bytes: Buffer): PackRecord {
  if (bytes.length !== 20) throw damaged('a pack');
  return { session: bytes.readUInt32LE(0), end: readNumber(bytes, 4), live: readNumber(bytes, 12) };
}

type NodeJson = ['f' | 'x' | 'd', string, string] | ['l', string];

function jsonOfNode(node: Node): NodeJson {
  if (node.type === 'symlink') return ['l', Buffer.from(node.target).toString('base64')];
  if (node.type === 'directory') return ['d', hex(node.digest), String(node.size)];
  return [node.executable ? 'x' : 'f', hex(node.digest), String(node.size)];
}

function nodeOfJson(json: NodeJson): Node {
  if (json[0] === 'l') return { type: 'symlink', target: new Uint8Array(Buffer.from(json[1], 'base64')) };
  const [type, digestText, sizeText] = json;
  const [digest, size] = [new Uint8Array(Buffer.from(digestText, 'hex')), BigInt(sizeText)];
  return type === 'd' ? { type: 'directory', digest, size } : { type: 'file', digest, size, executable: type === 'x' };
}

type PathJson = [string, number, number, 0 | 1, string, string, string[], string[], NodeJson];

/** Paths are written without the store directory, whose length is `skip`. */
export function encodePath(info: PathInfo, skip: number): Buffer {
  const base = (path: string) => path.slice(skip);
  const json: PathJson = [
    hex(info.narHash),
    info.narSize,
    info.registrationTime ?? 0,
    info.ultimate ? 1 : 0,
    info.deriver === undefined ? '' : base(info.deriver),
    info.ca ?? '',
    info.references.map(base),
    [...info.signatures],
    jsonOfNode(info.node!),
  ];
  return Buffer.from(JSON.stringify(json));
}

/** `prefix` is the store directory and a slash. */
export function decodePath(base: string, bytes: Buffer, prefix: string): PathInfo & { readonly node: Node } {
  let json: PathJson;
  try {
    json = JSON.parse(bytes.toString()) as PathJson;
  } catch (cause) {
    throw damaged(`the path '${base}'`, { cause });
  }
  const [narHash, narSize, registrationTime, ultimate, deriver, ca, references, signatures, node] = json;
  return {
    path: prefix + base,
    narHash: new Uint8Array(Buffer.from(narHash, 'hex')),
    narSize,
    references: references.map((reference) => prefix + reference),
    signatures,
    registrationTime,
    node: nodeOfJson(node),
    ...(ultimate ? { ultimate: true } : {}),
    ...(deriver ? { deriver: prefix + deriver } : {}),
    ...(ca ? { ca } : {}),
  };
}

/** A number as key. */
export function numberKey(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * i);
  return bytes;
}

function writeNumber(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

const readNumber = (bytes: Buffer, at: number) => bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;

const damaged = (what: string, options?: ErrorOptions) =>
  new StoreError('corrupt', `the store's index is damaged: what it says of ${what}`, options);
