/** Paths, search paths and URIs. A path with an interpolation is several tokens, of which PATH_END is the last. */
import { CLASSES, IS_LETTER, IS_PATH, IS_SCHEME, IS_URI } from '../gen/chars';
import { Tok } from '../gen/grammar';
import { ErrorKind, errorSimple } from './errors';
import { LEX_FAILED, matchBegin, matched } from './match';
import { Mode, modePop, modePush } from './modes';
import { LX_AT, LX_BEGIN, LX_FINISH, LX_LAST_BEGIN, LX_LAST_FINISH, LX_LENGTH, LX_MODE, LX_NO_PATH, LX_VALUE, SX_END } from './state';

// @ts-ignore: decorator
@inline
function isPath(p: usize): bool {
  return (load<u8>(CLASSES + load<u8>(p)) & IS_PATH) != 0;
}

// @ts-ignore: decorator
@inline
function pathRun(p: usize): usize {
  while (isPath(p)) p++;
  return p;
}

// @ts-ignore: decorator
@inline
function opensInterpolation(p: usize): bool {
  return load<u16>(p) == 0x7b24;
}

function text(p: usize, q: usize, token: u32): u32 {
  store<u32>(LX_VALUE, <u32>p);
  store<u32>(LX_LENGTH, <u32>(q - p));
  return matched(q, token);
}

/** The end of `(/x+)+/?` from the slash at `q`, or 0 where there is no such thing. */
function segments(q: usize): usize {
  if (!isPath(q + 1)) return 0;
  do q = pathRun(q + 1);
  while (load<u8>(q) == 0x2f && isPath(q + 1));
  return load<u8>(q) == 0x2f ? q + 1 : q;
}

/** The path from `p` whose first slash is at `slash`, or 0: `a/b`, `a/b/`, `a/${`. */
function pathFrom(p: usize, slash: usize, token: u32): u32 {
  let q = segments(slash);
  if (!q) {
    if (!opensInterpolation(slash + 1)) return 0;
    q = slash + 1;
  }
  modePush(load<u8>(q - 1) == 0x2f ? Mode.PathSlash : Mode.Path);
  return text(p, q, token);
}

/** The path that begins at `p`, or 0. */
export function lexPath(p: usize): u32 {
  if (p < <usize>load<u32>(LX_NO_PATH)) return 0;
  const q = pathRun(p);
  const token = load<u8>(q) == 0x2f ? pathFrom(p, q, Tok.PATH) : 0;
  // every later token of this run would come to the same end
  if (!token && load<u8>(q) != 0x3a) store<u32>(LX_NO_PATH, <u32>q);
  return token;
}

/** The path or the URI that begins at the letter or underscore at `p`, or 0. */
export function lexPathOrUri(p: usize): u32 {
  const token = lexPath(p);
  if (token || !(load<u8>(CLASSES + load<u8>(p)) & IS_LETTER)) return token;
  let q = p;
  while (load<u8>(CLASSES + load<u8>(q)) & IS_SCHEME) q++;
  if (load<u8>(q) != 0x3a || !(load<u8>(CLASSES + load<u8>(q, 1)) & IS_URI)) return 0;
  do q++;
  while (load<u8>(CLASSES + load<u8>(q)) & IS_URI);
  return text(p, q, Tok.URI);
}

/** `~/a`, `~/${`; anything else that begins with a tilde is no token. */
export function lexHomePath(p: usize): u32 {
  const token = load<u8>(p, 1) == 0x2f ? pathFrom(p, p + 1, Tok.HPATH) : 0;
  return token ? token : matched(p + 1, Tok.INVALID);
}

/** `<a/b>`, or 0. */
export function lexSearchPath(p: usize): u32 {
  if (!isPath(p + 1)) return 0;
  let q = pathRun(p + 1);
  while (load<u8>(q) == 0x2f && isPath(q + 1)) q = pathRun(q + 1);
  return load<u8>(q) == 0x3e ? text(p, q + 1, Tok.SPATH) : 0;
}

function trailingSlash(): u32 {
  errorSimple(ErrorKind.Parse, load<u32>(LX_BEGIN), 'path has a trailing slash');
  return LEX_FAILED;
}

/** Behind the end of the file Nix forgets the last match, and so do positions here. */
function partAtEnd(slash: bool): u32 {
  if (slash) return trailingSlash();
  modePop();
  store<u32>(LX_BEGIN, load<u32>(LX_LAST_BEGIN));
  store<u32>(LX_FINISH, load<u32>(LX_LAST_FINISH));
  return Tok.PATH_END;
}

/** What follows a part of a path: another part, an interpolation, or the end, which keeps the place of the part. */
export function lexPart(): u32 {
  const p = <usize>load<u32>(LX_AT);
  const slash = load<u32>(LX_MODE) == Mode.PathSlash;
  if (p >= <usize>load<u32>(SX_END)) return partAtEnd(slash);
  if (opensInterpolation(p)) {
    modePop();
    modePush(Mode.Path);
    modePush(Mode.Code);
    matchBegin(p);
    return matched(p + 2, Tok.DOLLAR_CURLY);
  }
  let q = pathRun(p);
  if (load<u8>(q) == 0x2f) {
    const end = segments(q);
    q = end ? end : q + 1;
  }
  if (q > p) {
    modePop();
    modePush(load<u8>(q - 1) == 0x2f ? Mode.PathSlash : Mode.Path);
    matchBegin(p);
    return text(p, q, Tok.STR);
  }
  if (slash) {
    matchBegin(p);
    return trailingSlash();
  }
  modePop();
  store<u32>(LX_LAST_BEGIN, load<u32>(LX_BEGIN));
  store<u32>(LX_LAST_FINISH, load<u32>(LX_FINISH));
  return Tok.PATH_END;
}
