/**
 * How large Zstandard frames become, from their block headers alone (RFC 8878, section 3.1): a frame can be handed to a one-shot decoder only
 * when its output is known to be bounded.
 *
 *     frame  magic:4  descriptor:1  [window:1]  [dictionary:0-4]  [content size:0-8]  block…  [checksum:4]
 *     block  header:3 = last:1 type:2 size:21   then `size` bytes, or 1 byte repeated `size` times
 */
import { StoreError } from '../errors.ts';

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const largestBlock = 128 * 1024;

const damaged = (what: string) => new StoreError('corrupt', `bad zstd data: ${what}`);

export interface Frame {
  /** Bytes that the frame takes. */
  readonly length: number;
  /** Bytes that it becomes, at most. */
  readonly bound: number;
}

/** The frame at the start of `bytes`. Undefined where it does not end in them. Stops early, with what it knows, once it becomes more than `limit`. */
export function frameAt(bytes: Buffer, limit: number): Frame | undefined {
  if (bytes.length < 8) return undefined;
  const magic = bytes.readUInt32LE(0);
  if ((magic & 0xfffffff0) >>> 0 === skippableMagic) return { length: 8 + bytes.readUInt32LE(4), bound: 0 };
  if (magic !== frameMagic) throw damaged('not a zstd frame');
  const descriptor = bytes[4]!;
  let at = 5 + headerRest(descriptor);
  let bound = 0;
  for (let last = false; !last; ) {
    // Empty blocks become nothing, but take room.
    if (Math.max(bound, at) > limit) return { length: at, bound: Math.max(bound, at) };
    if (at + 3 > bytes.length) return undefined;
    const header = bytes.readUIntLE(at, 3);
    const size = header >>> 3;
    const type = (header >>> 1) & 3;
    if (type === 3 || size > largestBlock) throw damaged('a block of a reserved type or size');
    last = (header & 1) === 1;
    at += 3 + (type === 1 ? 1 : size);
    bound += type === 2 ? largestBlock : size;
  }
  return { length: at + ((descriptor & 4) !== 0 ? 4 : 0), bound };
}

function headerRest(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const content = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  return (single ? 0 : 1) + dictionary + content;
}
