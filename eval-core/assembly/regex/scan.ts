/**
 * Tokens of a POSIX extended regular expression (POSIX.1-2017, XBD 9.4 and 9.5), one ahead of the parser, as libstdc++
 * cuts them: an error in the text is met when the token before it is taken, and the first error counts.
 */
import { REGEX_INVALID } from './codes';
import { ERROR, SCAN_AT, SCAN_BRACKET_START, SCAN_END, SCAN_MODE, TOKEN, TOKEN_LEN, TOKEN_PTR } from './state';

export const enum Token {
  Eof,
  Char,
  Any,
  Or,
  Star,
  Plus,
  Opt,
  LineBegin,
  LineEnd,
  GroupBegin,
  GroupEnd,
  BracketBegin,
  BracketNegBegin,
  BracketEnd,
  Dash,
  Collating,
  Equivalence,
  ClassName,
  BraceBegin,
  BraceEnd,
  Number,
  Comma,
  /** Nothing matches it, so that the parser comes to its end. */
  Broken,
}

const enum Mode {
  Normal,
  Bracket,
  Brace,
}

/** Records an error; the first one counts. */
export function fail(code: i32): void {
  if (!load<i32>(ERROR)) store<i32>(ERROR, code);
}

function broken(): void {
  fail(REGEX_INVALID);
  store<u32>(TOKEN, Token.Broken);
}

function token(kind: Token): void {
  store<u32>(TOKEN, kind);
}

function tokenWith(kind: Token, ptr: usize, len: u32): void {
  store<u32>(TOKEN, kind);
  store<u32>(TOKEN_PTR, <u32>ptr);
  store<u32>(TOKEN_LEN, len);
}

/** Starts on the expression at `ptr` and takes the first token. */
export function scanBegin(ptr: usize, len: u32): void {
  store<u32>(SCAN_AT, <u32>ptr);
  store<u32>(SCAN_END, <u32>(ptr + len));
  store<u32>(SCAN_MODE, Mode.Normal);
  advance();
}

// @ts-ignore: decorator
@inline
export function peek(): Token {
  return load<u32>(TOKEN);
}

/** Goes on to the next token. */
export function advance(): void {
  if (load<i32>(ERROR)) return token(Token.Broken);
  const at = <usize>load<u32>(SCAN_AT);
  if (at == <usize>load<u32>(SCAN_END)) return token(Token.Eof);
  store<u32>(SCAN_AT, <u32>(at + 1));
  const mode: Mode = load<u32>(SCAN_MODE);
  if (mode == Mode.Normal) normal(at);
  else if (mode == Mode.Bracket) inBracket(at);
  else inBrace(at);
}

/** Takes the token where it is of this kind. */
export function accept(kind: Token): bool {
  if (peek() != kind) return false;
  advance();
  return true;
}

// . [ \ ( ) * + ? { | ^ $
function isSpecial(c: u32): bool {
  switch (c) {
    case 0x2e:
    case 0x5b:
    case 0x5c:
    case 0x28:
    case 0x29:
    case 0x2a:
    case 0x2b:
    case 0x3f:
    case 0x7b:
    case 0x7c:
    case 0x5e:
    case 0x24:
      return true;
    default:
      return false;
  }
}

function normal(at: usize): void {
  const c = <u32>load<u8>(at);
  if (!isSpecial(c)) return c ? tokenWith(Token.Char, at, 1) : broken();
  switch (c) {
    case 0x5c:
      return escape(at + 1);
    case 0x28:
      return token(Token.GroupBegin);
    case 0x29:
      return token(Token.GroupEnd);
    case 0x5b:
      return bracketBegin(at + 1);
    case 0x7b:
      store<u32>(SCAN_MODE, Mode.Brace);
      return token(Token.BraceBegin);
    case 0x5e:
      return token(Token.LineBegin);
    case 0x24:
      return token(Token.LineEnd);
    case 0x2e:
      return token(Token.Any);
    case 0x2a:
      return token(Token.Star);
    case 0x2b:
      return token(Token.Plus);
    case 0x3f:
      return token(Token.Opt);
    default:
      return token(Token.Or);
  }
}

// Nix is compiled as strict C++, in which libstdc++ refuses an escaped ordinary character.
function escape(at: usize): void {
  if (at == <usize>load<u32>(SCAN_END) || !isSpecial(load<u8>(at))) return broken();
  store<u32>(SCAN_AT, <u32>(at + 1));
  tokenWith(Token.Char, at, 1);
}

function bracketBegin(at: usize): void {
  store<u32>(SCAN_MODE, Mode.Bracket);
  store<u32>(SCAN_BRACKET_START, 1);
  if (at == <usize>load<u32>(SCAN_END) || load<u8>(at) != 0x5e) return token(Token.BracketBegin);
  store<u32>(SCAN_AT, <u32>(at + 1));
  token(Token.BracketNegBegin);
}

function inBracket(at: usize): void {
  const c = <u32>load<u8>(at);
  const first = load<u32>(SCAN_BRACKET_START);
  store<u32>(SCAN_BRACKET_START, 0);
  if (c == 0x2d) return token(Token.Dash);
  if (c == 0x5b) return nested(at);
  if (c == 0x5d && !first) {
    store<u32>(SCAN_MODE, Mode.Normal);
    return token(Token.BracketEnd);
  }
  tokenWith(Token.Char, at, 1);
}

// [.name.] [=name=] [:name:]
function nested(at: usize): void {
  const end = <usize>load<u32>(SCAN_END);
  if (at + 1 == end) return broken();
  const mark = load<u8>(at + 1);
  let kind = Token.Collating;
  if (mark == 0x3a) kind = Token.ClassName;
  else if (mark == 0x3d) kind = Token.Equivalence;
  else if (mark != 0x2e) return tokenWith(Token.Char, at, 1);
  const name = at + 2;
  let stop = name;
  while (stop < end && load<u8>(stop) != mark) stop++;
  if (stop + 1 >= end || load<u8>(stop + 1) != 0x5d) return broken();
  store<u32>(SCAN_AT, <u32>(stop + 2));
  tokenWith(kind, name, <u32>(stop - name));
}

function inBrace(at: usize): void {
  const c = <u32>load<u8>(at);
  if (c - 0x30 < 10) {
    const end = <usize>load<u32>(SCAN_END);
    let stop = at + 1;
    while (stop < end && <u32>load<u8>(stop) - 0x30 < 10) stop++;
    store<u32>(SCAN_AT, <u32>stop);
    return tokenWith(Token.Number, at, <u32>(stop - at));
  }
  if (c == 0x2c) return token(Token.Comma);
  if (c != 0x7d) return broken();
  store<u32>(SCAN_MODE, Mode.Normal);
  token(Token.BraceEnd);
}
