/**
 * The lexer: `lex` returns the next token, its place in LX_BEGIN and LX_FINISH, its value in LX_VALUE and LX_LENGTH. The longest match
 * wins, as in the language's flex specification; a token that only a longer one can be mistaken for (a path, a URI) is tried first.
 *
 * NUL bytes behind the source end every scan, so that loops need not compare addresses.
 */
import { CLASSES, IS_IDENTIFIER, IS_KEYWORD, IS_SPACE, STARTS, STOPS, STOP_LINE, STOP_LONG, Start } from '../gen/chars';
import { SINGLES, Tok } from '../gen/grammar';
import { docNote } from './docs';
import { ErrorKind, errorSimple } from './errors';
import { keywordToken } from './keywords';
import { lexPart, lexPath, lexPathOrUri, lexSearchPath, lexHomePath } from './lex-path';
import { lexIndented, lexString } from './lex-string';
import { lexNumber, startsFraction } from './lex-number';
import { LEX_FAILED, matched } from './match';
import { Mode, modePop, modePush } from './modes';
import {
  FEATURE_PIPES,
  LX_AT,
  LX_BEGIN,
  LX_DOC,
  LX_FINISH,
  LX_LAST_BEGIN,
  LX_LAST_FINISH,
  LX_LENGTH,
  LX_MODE,
  LX_NO_PATH,
  LX_VALUE,
  SX_DELTA,
  SX_END,
  SX_FEATURES,
} from './state';

/** The next token. */
export function lex(): u32 {
  switch (load<u32>(LX_MODE)) {
    case Mode.Initial:
    case Mode.Code:
      return lexCode();
    case Mode.String:
      return lexString();
    case Mode.Indented:
      return lexIndented();
    default:
      return lexPart();
  }
}

/** Behind the comment that begins at `p`, or 0 where it has no end. */
function commentEnd(p: usize): usize {
  p += 2;
  while (true) {
    while (!(load<u8>(STOPS + load<u8>(p)) & STOP_LONG)) p++;
    if (load<u8>(p)) {
      if (load<u8>(p, 1) == 0x2f) return p + 2;
    } else if (p >= <usize>load<u32>(SX_END)) return 0;
    p++;
  }
}

function lineEnd(p: usize): usize {
  while (true) {
    while (!(load<u8>(STOPS + load<u8>(p)) & STOP_LINE)) p++;
    if (load<u8>(p) || p >= <usize>load<u32>(SX_END)) return p;
    p++;
  }
}

/** Whether the comment from `p` to `end` is a docstring. */
function isDocstring(p: usize): bool {
  const c = load<u8>(p, 3);
  return load<u8>(p, 2) == 0x2a && c != 0x2a && c != 0x2f;
}

function lexCode(): u32 {
  const delta = load<u32>(SX_DELTA);
  let p = <usize>load<u32>(LX_AT);
  let begin = load<u32>(LX_BEGIN);
  let finish = load<u32>(LX_FINISH);
  let start: u32;
  while (true) {
    start = load<u8>(STARTS + load<u8>(p));
    let q: usize = p;
    if (start == Start.Space) {
      do q++;
      while (load<u8>(CLASSES + load<u8>(q)) & IS_SPACE);
    } else if (start == Start.Comment) {
      q = lineEnd(p + 1);
    } else if (start == Start.Slash && load<u8>(p, 1) == 0x2a) {
      q = commentEnd(p);
      if (!q) break;
      if (isDocstring(p)) store<u32>(LX_DOC, <u32>p + delta);
    } else break;
    begin = <u32>p + delta;
    finish = <u32>q + delta;
    p = q;
  }
  store<u32>(LX_LAST_BEGIN, begin);
  store<u32>(LX_LAST_FINISH, finish);
  store<u32>(LX_BEGIN, <u32>p + delta);
  return lexToken(p, start);
}

/** The token that begins at `p` with a byte of class `start`. */
function lexToken(p: usize, start: u32): u32 {
  const doc = load<u32>(LX_DOC);
  if (doc) {
    docNote(load<u32>(LX_BEGIN), doc);
    store<u32>(LX_DOC, 0);
  }
  switch (start) {
    case Start.Word:
      return lexWord(p);
    case Start.Single:
      return matched(p + 1, load<u8>(SINGLES + load<u8>(p)));
    case Start.Dot:
      return lexDot(p);
    case Start.Digit: {
      const path = lexPath(p);
      return path ? path : lexNumber(p);
    }
    case Start.Sign:
      return lexSign(p);
    case Start.Slash:
      return lexSlash(p);
    case Start.Operator:
      return lexOperator(p);
    case Start.Quote:
      modePush(Mode.String);
      return matched(p + 1, Tok.QUOTE);
    case Start.Apostrophe:
      return lexApostrophe(p);
    case Start.Dollar:
      if (load<u8>(p, 1) != 0x7b) return matched(p + 1, Tok.INVALID);
      modePush(Mode.Code);
      return matched(p + 2, Tok.DOLLAR_CURLY);
    case Start.Open:
      modePush(Mode.Code);
      return matched(p + 1, Tok.CURLY_OPEN);
    case Start.Close:
      if (load<u32>(LX_MODE) != Mode.Initial) modePop();
      return matched(p + 1, Tok.CURLY_CLOSE);
    case Start.Tilde:
      return lexHomePath(p);
    case Start.Zero:
      return lexZero(p);
    default:
      return matched(p + 1, Tok.INVALID);
  }
}

/** A NUL byte ends the file too, but counts as a byte that was read. */
function lexZero(p: usize): u32 {
  if (p < <usize>load<u32>(SX_END)) return matched(p + 1, Tok.END);
  store<u32>(LX_AT, <u32>p);
  store<u32>(LX_BEGIN, load<u32>(LX_LAST_BEGIN));
  store<u32>(LX_FINISH, load<u32>(LX_LAST_FINISH));
  return Tok.END;
}

function lexWord(p: usize): u32 {
  let q = p + 1;
  while (load<u8>(CLASSES + load<u8>(q)) & IS_IDENTIFIER) q++;
  const c = <u32>load<u8>(q);
  if ((c == 0x2e || c == 0x2f || c == 0x3a || c == 0x2b) && p >= <usize>load<u32>(LX_NO_PATH)) {
    const token = lexPathOrUri(p);
    if (token) return token;
  }
  const len = <u32>(q - p);
  if (len <= 7 && load<u8>(CLASSES + load<u8>(p)) & IS_KEYWORD) {
    const keyword = keywordToken(p, len, true);
    if (keyword) return matched(q, keyword);
  }
  store<u32>(LX_VALUE, <u32>p);
  store<u32>(LX_LENGTH, len);
  return matched(q, Tok.ID);
}

function lexDot(p: usize): u32 {
  const path = lexPath(p);
  if (path) return path;
  if (load<u16>(p, 1) == 0x2e2e) return matched(p + 3, Tok.ELLIPSIS);
  return startsFraction(p) ? lexNumber(p) : matched(p + 1, Tok.DOT);
}

function lexSign(p: usize): u32 {
  const path = lexPath(p);
  if (path) return path;
  const next = load<u8>(p, 1);
  if (load<u8>(p) == 0x2b) return next == 0x2b ? matched(p + 2, Tok.CONCAT) : matched(p + 1, Tok.PLUS);
  return next == 0x3e ? matched(p + 2, Tok.IMPL) : matched(p + 1, Tok.MINUS);
}

function lexSlash(p: usize): u32 {
  if (load<u8>(p, 1) == 0x2f) return matched(p + 2, Tok.UPDATE);
  const path = lexPath(p);
  return path ? path : matched(p + 1, Tok.SLASH);
}

function lexOperator(p: usize): u32 {
  const next = <u32>load<u8>(p, 1);
  switch (load<u8>(p)) {
    case 0x3c: {
      if (next == 0x3d) return matched(p + 2, Tok.LEQ);
      if (next == 0x7c) return lexPipe(p, Tok.PIPE_FROM);
      const path = lexSearchPath(p);
      return path ? path : matched(p + 1, Tok.LT);
    }
    case 0x3e:
      return next == 0x3d ? matched(p + 2, Tok.GEQ) : matched(p + 1, Tok.GT);
    case 0x3d:
      return next == 0x3d ? matched(p + 2, Tok.EQ) : matched(p + 1, Tok.ASSIGN);
    case 0x21:
      return next == 0x3d ? matched(p + 2, Tok.NEQ) : matched(p + 1, Tok.BANG);
    case 0x26:
      return next == 0x26 ? matched(p + 2, Tok.AND) : matched(p + 1, Tok.INVALID);
    default:
      if (next == 0x7c) return matched(p + 2, Tok.OR);
      return next == 0x3e ? lexPipe(p, Tok.PIPE_INTO) : matched(p + 1, Tok.INVALID);
  }
}

function lexPipe(p: usize, token: u32): u32 {
  matched(p + 2, token);
  if (load<u32>(SX_FEATURES) & FEATURE_PIPES) return token;
  const text =
    "experimental Nix feature '\x0epipe-operators\x0f' is disabled; add '--extra-experimental-features \x0epipe-operators\x0f' to enable it";
  errorSimple(ErrorKind.Parse, load<u32>(LX_BEGIN), text);
  return LEX_FAILED;
}

/** `''`, with the rest of its line where that is blank. */
function lexApostrophe(p: usize): u32 {
  if (load<u8>(p, 1) != 0x27) return matched(p + 1, Tok.INVALID);
  let q = p + 2;
  while (load<u8>(q) == 0x20) q++;
  modePush(Mode.Indented);
  return matched(load<u8>(q) == 0x0a ? q + 1 : p + 2, Tok.IND_OPEN);
}
