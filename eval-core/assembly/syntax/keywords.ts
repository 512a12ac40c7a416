/** Keywords, by length and bytes. */
import { Tok } from '../gen/grammar';

// @ts-ignore: decorator
@inline
function word(a: u32, b: u32, c: u32, d: u32): u32 {
  return a | (b << 8) | (c << 16) | (d << 24);
}

/** The keyword's token, or 0. `or` is one only where `withOr` is set: it may be a name, and is printed as one. */
export function keywordToken(ptr: usize, len: u32, withOr: bool): u32 {
  switch (len) {
    case 2: {
      const w = <u32>load<u16>(ptr);
      if (w == word(0x69, 0x66, 0, 0)) return Tok.IF;
      if (w == word(0x69, 0x6e, 0, 0)) return Tok.IN;
      if (w == word(0x6f, 0x72, 0, 0) && withOr) return Tok.OR_KW;
      return 0;
    }
    case 3: {
      const w = word(load<u8>(ptr), load<u8>(ptr, 1), load<u8>(ptr, 2), 0);
      if (w == word(0x6c, 0x65, 0x74, 0)) return Tok.LET;
      if (w == word(0x72, 0x65, 0x63, 0)) return Tok.REC;
      return 0;
    }
    case 4: {
      const w = load<u32>(ptr);
      if (w == word(0x77, 0x69, 0x74, 0x68)) return Tok.WITH;
      if (w == word(0x74, 0x68, 0x65, 0x6e)) return Tok.THEN;
      if (w == word(0x65, 0x6c, 0x73, 0x65)) return Tok.ELSE;
      return 0;
    }
    case 6:
      return load<u32>(ptr) == word(0x61, 0x73, 0x73, 0x65) && load<u16>(ptr, 4) == 0x7472 ? Tok.ASSERT : 0;
    case 7:
      return load<u32>(ptr) == word(0x69, 0x6e, 0x68, 0x65) && load<u32>(ptr, 3) == word(0x65, 0x72, 0x69, 0x74) ? Tok.INHERIT : 0;
    default:
      return 0;
  }
}
