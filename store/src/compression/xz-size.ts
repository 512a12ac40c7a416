/**
 * How large an .xz file becomes, from the headers of its chunks alone (The .xz File Format 1.2.1, sections 2 and 3; LZMA2's chunks as liblzma and
 * xz-embedded read them): it can be handed to a one-shot decoder only when its output is known to be bounded.
 *
 *     stream  magic:6 flags:2 crc:4   block…   0 index   footer
 *     block   header   chunk… 0   padding to 4   check
 *     chunk   1 or 2, size-1:2, bytes             uncompressed
 *             ≥ 128, size-1:2, packed-1:2, …      compressed; 5 bits of the size in the first byte, properties from 192 on
 */

const headerSize = 12;
const checkSizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** The size; undefined for what is not whole, damaged, or more than one stream. */
export function xzSize(file: Buffer): number | undefined {
  if (file.length < headerSize || file.readUIntBE(0, 6) !== 0xfd377a585a00) return undefined;
  const check = checkSizes[file[7]! & 15]!;
  let size = 0;
  for (let at = headerSize; ; ) {
    const first = file[at];
    if (first === undefined) return undefined;
    if (first === 0) return hasOneStream(file, at) ? size : undefined;
    const block = blockAt(file, at, (first + 1) * 4);
    if (!block) return undefined;
    size += block.size;
    at = block.end + ((4 - ((block.end - at) % 4)) % 4) + check;
  }
}

function blockAt(file: Buffer, start: number, header: number): { size: number; end: number } | undefined {
  let size = 0;
  let at = start + header;
  for (;;) {
    const control = file[at];
    if (control === undefined || at + 5 >= file.length) return undefined;
    if (control === 0) return { size, end: at + 1 };
    if (control >= 3 && control < 0x80) return undefined;
    if (control < 0x80) {
      const length = file.readUInt16BE(at + 1) + 1;
      size += length;
      at += 3 + length;
      continue;
    }
    size += ((control & 31) << 16) + file.readUInt16BE(at + 1) + 1;
    at += 5 + (control >= 0xc0 ? 1 : 0) + file.readUInt16BE(at + 3) + 1;
  }
}

// The footer's second field is the size of the index, in units of four less one.
function hasOneStream(file: Buffer, index: number): boolean {
  const footer = file.length - headerSize;
  return footer > index && file.readUInt16BE(file.length - 2) === 0x595a && (file.readUInt32LE(footer + 4) + 1) * 4 === footer - index;
}
