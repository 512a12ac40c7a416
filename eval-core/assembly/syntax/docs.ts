/** Docstrings (RFC 145): the lexer notes the token behind one, the parser asks by position. */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { DC_CAP, DC_COUNT, DC_DATA } from './state';

/** Notes that the docstring at `doc` stands before the token at `pos`. Positions come in ascending order. */
export function docNote(pos: u32, doc: u32): void {
  const count = load<u32>(DC_COUNT);
  if (count == load<u32>(DC_CAP)) grow();
  const at = <usize>load<u32>(DC_DATA) + ((<usize>count) << 3);
  store<u32>(at, pos);
  store<u32>(at, doc, 4);
  store<u32>(DC_COUNT, count + 1);
}

/** The position of the docstring before the token at `pos`, or 0. */
export function docAt(pos: u32): u32 {
  let high = load<u32>(DC_COUNT);
  if (!high) return 0;
  const data = <usize>load<u32>(DC_DATA);
  let low: u32 = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = load<u32>(data + ((<usize>middle) << 3));
    if (at == pos) return load<u32>(data + ((<usize>middle) << 3), 4);
    if (at < pos) low = middle + 1;
    else high = middle;
  }
  return 0;
}

function grow(): void {
  const cap = load<u32>(DC_CAP);
  const want: u32 = cap ? cap * 2 : 8192;
  const data = pagesAlloc((<usize>want) << 3);
  if (cap) {
    memory.copy(data, <usize>load<u32>(DC_DATA), (<usize>cap) << 3);
    pagesFree(<usize>load<u32>(DC_DATA), (<usize>cap) << 3);
  }
  store<u32>(DC_DATA, <u32>data);
  store<u32>(DC_CAP, want);
}
