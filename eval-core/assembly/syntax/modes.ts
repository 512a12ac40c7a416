/** The lexer's start conditions, on a stack of bytes. */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { LX_MODE, LX_MODES, LX_MODE_CAP, LX_MODE_DEPTH } from './state';

export const enum Mode {
  /** code, at the bottom: a `}` leaves it as it is */
  Initial = 0,
  /** code between braces */
  Code = 1,
  String = 2,
  Indented = 3,
  /** behind a part of a path; SLASH where that part ends in a slash */
  Path = 4,
  PathSlash = 5,
}

export function modeReset(): void {
  store<u32>(LX_MODE, Mode.Initial);
  store<u32>(LX_MODE_DEPTH, 0);
}

export function modePush(mode: Mode): void {
  const depth = load<u32>(LX_MODE_DEPTH);
  if (depth == load<u32>(LX_MODE_CAP)) grow();
  store<u8>(<usize>load<u32>(LX_MODES) + depth, load<u32>(LX_MODE));
  store<u32>(LX_MODE_DEPTH, depth + 1);
  store<u32>(LX_MODE, mode);
}

export function modePop(): void {
  const depth = load<u32>(LX_MODE_DEPTH) - 1;
  store<u32>(LX_MODE_DEPTH, depth);
  store<u32>(LX_MODE, load<u8>(<usize>load<u32>(LX_MODES) + depth));
}

function grow(): void {
  const cap = load<u32>(LX_MODE_CAP);
  const want: u32 = cap ? cap * 2 : 65536;
  const data = pagesAlloc(want);
  if (cap) {
    memory.copy(data, <usize>load<u32>(LX_MODES), cap);
    pagesFree(<usize>load<u32>(LX_MODES), cap);
  }
  store<u32>(LX_MODES, <u32>data);
  store<u32>(LX_MODE_CAP, want);
}
