/**
 * The module as a component: the functions of wit/wasm.wit as the canonical ABI calls them. Each name is that of the interface in camel
 * case (scripts/lib/component.mjs writes the names that the component model wants). Records and lists come as their flat parts; a
 * result of more than one part is the address of its parts.
 */
import { base16Decode, base16Encode, base16EncodedLength } from './base16';
import { base64Decode, base64DecodedBound, base64Encode, base64EncodedLength } from './base64';
import { CHUNK_CTX_SIZE, chunkEnd, chunkInit, chunkScan, chunkUsed } from './chunk';
import { Kind, blockOf, give, kindOf, leave, take, temporary } from './component/memory';
import * as hashes from './hash';
import * as nar from './nar-read';
import { needlesCarry, needlesFound, needlesInit, needlesScan, needlesSize } from './needles';
import { nix32Decode, nix32DecodedLength, nix32Encode, nix32EncodedLength } from './nix32';

/** What asc calls for a failed assertion; there are none in a release build. */
export function trap(_message: usize, _file: usize, _line: u32, _column: u32): void {
  unreachable();
}

export function cabi_realloc(old: usize, oldBytes: u32, _align: u32, bytes: u32): usize {
  const data = temporary(bytes);
  if (oldBytes != 0) memory.copy(data, old, oldBytes < bytes ? oldBytes : bytes);
  return data;
}

function listOf(data: usize, length: u32): usize {
  const at = temporary(8);
  store<u32>(at, <u32>data);
  store<u32>(at, length, 4);
  leave();
  return at;
}

// ---- hashes

export function hash(algo: u32, data: usize, length: u32): usize {
  const digest = temporary(hashes.HASH_MAX_SIZE);
  hashes.hashBytes(algo, data, length, digest);
  return listOf(digest, hashes.hashSize(algo));
}

export function compressHash(data: usize, length: u32, size: u32): usize {
  const out = temporary(size);
  if (size != 0) hashes.compressHash(data, length, out, size);
  return listOf(out, size);
}

export function hasher(algo: u32): u32 {
  const context = take(hashes.HASH_CTX_SIZE, Kind.Hasher);
  hashes.hashInit(context, algo);
  leave();
  return <u32>context;
}

export function hasherUpdate(handle: u32, data: usize, length: u32): void {
  hashes.hashUpdate(blockOf(handle, Kind.Hasher), data, length);
  leave();
}

export function hasherEnd(handle: u32): usize {
  const context = blockOf(handle, Kind.Hasher);
  const size = hashes.hashSize(load<u32>(context));
  const digest = temporary(size);
  hashes.hashFinal(context, digest);
  give(context);
  return listOf(digest, size);
}

// ---- encodings

const enum Encoding {
  Base16,
  Nix32,
  Base64,
}

export function encode(encoding: u32, data: usize, length: u32): usize {
  if (encoding == Encoding.Base16) {
    const text = temporary(base16EncodedLength(length));
    return listOf(text, base16Encode(data, length, text));
  }
  if (encoding == Encoding.Nix32) {
    const text = temporary(nix32EncodedLength(length));
    return listOf(text, nix32Encode(data, length, text));
  }
  const text = temporary(base64EncodedLength(length));
  return listOf(text, base64Encode(data, length, text));
}

/** An option: whether there is a value, and a list. */
export function decode(encoding: u32, text: usize, length: u32): usize {
  const out = temporary(12);
  const data = temporary(base64DecodedBound(length) + nix32DecodedLength(length));
  let size: i32;
  if (encoding == Encoding.Base16) size = base16Decode(text, length, data);
  else if (encoding == Encoding.Nix32) size = nix32Decode(text, length, data);
  else size = base64Decode(text, length, data);
  store<u32>(out, size < 0 ? 0 : 1);
  store<u32>(out, <u32>data, 4);
  store<u32>(out, size, 8);
  leave();
  return out;
}

// ---- chunks

export function chunker(bits: u32): u32 {
  if (bits < 8 || bits > 22) unreachable();
  const context = take(CHUNK_CTX_SIZE, Kind.Chunker);
  chunkInit(context, bits);
  leave();
  return <u32>context;
}

export function chunkerWrite(handle: u32, data: usize, length: u32): usize {
  const context = blockOf(handle, Kind.Chunker);
  // The shortest chunk has 128 bytes; a chunk may have begun before, and one more ends with its bytes.
  const lengths = temporary((length / 128 + 2) << 2);
  let count: u32 = 0;
  while (length != 0) {
    const chunk = chunkScan(context, data, length);
    if (chunk != 0) store<u32>(lengths + (count++ << 2), chunk);
    const used = chunkUsed(context);
    data += used;
    length -= used;
  }
  return listOf(lengths, count);
}

export function chunkerEnd(handle: u32): u32 {
  const context = blockOf(handle, Kind.Chunker);
  const length = chunkEnd(context);
  give(context);
  leave();
  return length;
}

// ---- search
//
//     scanner: | count | bytes held | window | packed needles | needles |
//                u32     u32          addresses

const HELD: usize = 4;
const WINDOW: usize = 8;
const PACKED: usize = 12;
const SET: usize = 16;
const WINDOW_SIZE: u32 = 65536;

/** The needles are a list of lists: the address and the length of each. */
export function scanner(needles: usize, count: u32): u32 {
  const self = take(20, Kind.Scanner);
  let bytes: u32 = 0;
  let longest: u32 = 1;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(needles + (i << 3), 4);
    if (length == 0) unreachable();
    bytes += length;
    if (length > longest) longest = length;
  }
  const packed = take(bytes + (count << 2), Kind.Nothing);
  let at = packed;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(needles + (i << 3), 4);
    store<u32>(at, length);
    memory.copy(at + 4, load<u32>(needles + (i << 3)), length);
    at += 4 + length;
  }
  const set = take(needlesSize(count, bytes), Kind.Nothing);
  needlesInit(set, packed, count, false);
  store<u32>(self, count);
  store<u32>(self, 0, HELD);
  store<u32>(self, <u32>take(longest + WINDOW_SIZE, Kind.Nothing), WINDOW);
  store<u32>(self, <u32>packed, PACKED);
  store<u32>(self, <u32>set, SET);
  leave();
  return <u32>self;
}

export function scannerWrite(handle: u32, data: usize, length: u32): void {
  const self = blockOf(handle, Kind.Scanner);
  const window = load<u32>(self, WINDOW);
  const set = load<u32>(self, SET);
  while (length != 0 && load<u32>(self) != 0) {
    const part = length < WINDOW_SIZE ? length : WINDOW_SIZE;
    const held = load<u32>(self, HELD);
    memory.copy(window + held, data, part);
    const size = held + part;
    needlesScan(set, window, size);
    const carry = needlesCarry(set);
    const kept = carry < size ? carry : size;
    memory.copy(window, window + size - kept, kept);
    store<u32>(self, kept, HELD);
    data += part;
    length -= part;
  }
  leave();
}

export function scannerFound(handle: u32): usize {
  const self = blockOf(handle, Kind.Scanner);
  const count = load<u32>(self);
  const found = temporary(count << 2);
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (needlesFound(load<u32>(self, SET), i)) store<u32>(found + (size++ << 2), i);
  }
  return listOf(found, size);
}

// ---- archives

export function narParser(): u32 {
  const context = take(nar.NAR_READ_CTX_SIZE, Kind.NarParser);
  nar.narReadInit(context);
  leave();
  return <u32>context;
}

/** A record: event u8, used u32 at 4, text at 8, target at 16, size u64 at 24, executable u8 at 32. */
export function narRead(handle: u32, input: usize, length: u32): usize {
  const context = blockOf(handle, Kind.NarParser);
  const step = temporary(40);
  const event = nar.narRead(context, input, length);
  store<u8>(step, event);
  store<u32>(step, nar.narReadUsed(context), 4);
  store<u32>(step, <u32>nar.narReadText(context), 8);
  store<u32>(step, saysText(event) ? nar.narReadTextLength(context) : 0, 12);
  store<u32>(step, <u32>nar.narReadTarget(context), 16);
  store<u32>(step, event == nar.NarEvent.Symlink ? nar.narReadTargetLength(context) : 0, 20);
  store<u64>(step, event == nar.NarEvent.File ? <u64>nar.narReadSize(context) : 0, 24);
  store<u8>(step, event == nar.NarEvent.File ? nar.narReadExecutable(context) : 0, 32);
  leave();
  return step;
}

function saysText(event: nar.NarEvent): bool {
  return event != nar.NarEvent.More && event != nar.NarEvent.End && event != nar.NarEvent.EndFile && event != nar.NarEvent.EndDirectory;
}

export function drop(handle: u32): void {
  const kind = kindOf(handle);
  if (kind == Kind.Nothing) unreachable();
  if (kind == Kind.Scanner) {
    give(load<u32>(handle, WINDOW));
    give(load<u32>(handle, PACKED));
    give(load<u32>(handle, SET));
  }
  give(handle);
  leave();
}
