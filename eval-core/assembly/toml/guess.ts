/** What kind of TOML value begins here; what looks like none is an error with a hint. */
import { failAt } from './errors';
import {
  NO,
  at,
  current,
  failedAt,
  here,
  isDigit,
  scanDate,
  scanDateTime,
  scanFloat,
  scanInteger,
  scanOffset,
  scanText,
  scanTime,
  sourceLen,
} from './source';

export const enum Guess {
  Error = 0,
  String,
  Array,
  Table,
  Boolean,
  Integer,
  Float,
  OffsetDateTime,
  LocalDateTime,
  LocalDate,
  LocalTime,
}

const INTEGER_HINT = 'Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\nHint: invalid: _42, 1__000, 0123\n';
const FLOAT_HINT = 'Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\nHint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n';
const TIME_HINT = 'Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999\nHint: invalid: 1979-05-27T7:32:00, 1979-05-27 17:32\n';
const EXPECTED_FLOAT = 'expected from `1` to `9` or digit [0-9] or inf or nan';

function fail(title: string, i: u32, message: string, hint: string): Guess {
  failAt(title, i, message, hint);
  return Guess.Error;
}

export function guessValue(): Guess {
  const i = here();
  switch (current()) {
    case 0x22:
    case 0x27:
      return Guess.String;
    case 0x5b:
      return Guess.Array;
    case 0x7b:
      return Guess.Table;
    case 0x74:
    case 0x66:
      return Guess.Boolean;
    case 0x54:
      return fail(
        'toml::parse_value: `true` must be in lowercase. A string must be surrounded by quotes.',
        i,
        'expected true or false',
        '',
      );
    case 0x46:
      return fail(
        'toml::parse_value: `false` must be in lowercase. A string must be surrounded by quotes.',
        i,
        'expected true or false',
        '',
      );
    case 0x69:
      if (scanText(i, 'inf') != NO) return Guess.Float;
      return fail('toml::parse_value: `inf` must be in lowercase. A string must be surrounded by quotes.', i, EXPECTED_FLOAT, '');
    case 0x49:
      return fail('toml::parse_value: `inf` must be in lowercase. A string must be surrounded by quotes.', i, EXPECTED_FLOAT, '');
    case 0x6e:
      if (scanText(i, 'nan') != NO) return Guess.Float;
      return fail('toml::parse_value: `nan` must be in lowercase. A string must be surrounded by quotes.', i, EXPECTED_FLOAT, '');
    case 0x4e:
      return fail('toml::parse_value: `nan` must be in lowercase. A string must be surrounded by quotes.', i, EXPECTED_FLOAT, '');
  }
  return guessNumber(i);
}

function guessNumber(i: u32): Guess {
  const dateTime = scanDateTime(i);
  if (dateTime != NO) {
    if (scanOffset(dateTime) != NO) return Guess.OffsetDateTime;
    const c = at(dateTime);
    return c == 0x2b || c == 0x2d ? badOffset() : Guess.LocalDateTime;
  }
  const date = scanDate(i);
  if (date != NO) return guessDate(date);
  if (scanTime(i) != NO) return Guess.LocalTime;
  const float = scanFloat(i);
  if (float != NO) {
    return at(float) == 0x5f ? fail('bad float: `_` must be surrounded by digits', float, 'invalid underscore', FLOAT_HINT) : Guess.Float;
  }
  const integer = scanInteger(i);
  if (integer != NO) return guessInteger(i, integer);
  if (at(i) == 0x2e) {
    return fail('bad float: integer part is required before decimal point', i, 'missing integer part', FLOAT_HINT);
  }
  if (at(i) == 0x5f) {
    return fail('bad number: `_` must be surrounded by digits', i, 'digits required before `_`', INTEGER_HINT);
  }
  return fail('bad format: unknown value appeared', i, 'here', '');
}

/** `+9:00`: the scanner says where it failed. */
function badOffset(): Guess {
  const i = failedAt();
  return fail(
    'bad offset: must be [+-]HH:MM or Z',
    i,
    colonMissing(i) ? 'expected z or Z or :' : 'expected z or Z or digit [0-9]',
    'Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n',
  );
}
/** Whether two digits stand before, so that a colon was missed. */
function colonMissing(i: u32): bool {
  return i >= 2 && isDigit(at(i - 1)) && isDigit(at(i - 2));
}

/** A date; a bad time may follow. */
function guessDate(end: u32): Guess {
  if (end >= sourceLen()) return Guess.LocalDate;
  const c = at(end);
  if ((c | 0x20) == 0x74 || (c == 0x20 && isDigit(at(end + 1)))) {
    scanTime(end + 1);
    const i = failedAt();
    return fail('bad time: must be HH:MM:SS.subsec', i, timeColonMissing(end + 1, i) ? 'expected :' : 'expected digit [0-9]', TIME_HINT);
  }
  if (isDigit(c)) return fail('bad datetime: missing T or space', end, 'expected T, t, or 0x20(SPACE)', TIME_HINT);
  return Guess.LocalDate;
}
function timeColonMissing(start: u32, i: u32): bool {
  return i - start == 2 || i - start == 5;
}

function guessInteger(first: u32, end: u32): Guess {
  if (end >= sourceLen()) return Guess.Integer;
  const c = at(end);
  if (c == 0x5f) {
    const zero = at(end - 1) == 0x30 && (end - first == 1 || (end - first == 2 && !isDigit(at(first))));
    return zero
      ? fail('bad integer: leading zero is not allowed in decimal int', end, 'leading zero', INTEGER_HINT)
      : fail('bad integer: `_` must be surrounded by digits', end, 'invalid underscore', INTEGER_HINT);
  }
  if (c == 0x30) return fail('bad integer: leading zero', end - 1, 'leading zero is not allowed', INTEGER_HINT);
  if (isDigit(c)) return fail('bad integer: invalid digit after an integer', end, 'this digit is not allowed', INTEGER_HINT);
  if (c == 0x3a || c == 0x2d) {
    return fail(
      'bad datetime: invalid format',
      end,
      'here',
      'Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 07:32:00.999999Z\nHint: invalid: 1979-05-27T7:32:00-7:00, 1979-05-27 7:32-00:30',
    );
  }
  if (c == 0x2e || (c | 0x20) == 0x65) return fail('bad float: invalid format', end, 'here', FLOAT_HINT);
  return Guess.Integer;
}
