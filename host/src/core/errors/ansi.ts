// Escape sequences of terminals, as Nix writes and filters them (libutil/ansicolor.hh, terminal.cc `filterANSIEscapes`).

const ESC = '\x1b';
export const ansi = {
  normal: `${ESC}[0m`,
  bold: `${ESC}[1m`,
  red: `${ESC}[31;1m`,
  green: `${ESC}[32;1m`,
  magenta: `${ESC}[35;1m`,
  blue: `${ESC}[34;1m`,
  cyan: `${ESC}[36;1m`,
} as const;

/** Marked arguments (\x0e … \x0f) in the colour that Nix gives them. */
export function colourMarks(marked: string): string {
  return marked.replaceAll('\x0e', ansi.magenta).replaceAll('\x0f', ansi.normal);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const colour = /\x1b\[[0-9;]*m/g;

/** For what is no terminal. */
export const withoutColours = (text: string) => text.replace(colour, '');

// An escape sequence: CSI (ECMA-48, section 5.4), OSC up to BEL or ST, or a two-character one. A torn one at the end counts.
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const escapeSequence = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\?)?|[@-_])?/y;
const tabStop = 8;

// Code points that take two columns or none (Unicode, East Asian Width and general categories Mn, Me, Cf).
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const narrow = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

function columns(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (narrow.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const special = /[\x1b\t\r\x07]/;

/**
 * What a terminal should get: colours kept or dropped, every other escape sequence dropped, tabs as spaces, no carriage returns, no bells.
 * At most `width` columns. Columns are counted from the start of the text, over line ends, as Nix does.
 */
export function filterEscapes(text: string, dropColours: boolean, width = Number.POSITIVE_INFINITY): string {
  if (width === Number.POSITIVE_INFINITY && !special.test(text)) return text;
  let out = '';
  let column = 0;
  let i = 0;
  while (i < text.length) {
    const character = String.fromCodePoint(text.codePointAt(i)!);
    if (character === ESC) {
      escapeSequence.lastIndex = i;
      const [sequence] = escapeSequence.exec(text) ?? [ESC];
      if (!dropColours && sequence.startsWith('\x1b[') && sequence.endsWith('m')) out += sequence;
      i += sequence.length;
      continue;
    }
    i += character.length;
    if (character === '\r' || character === '\x07') continue;
    if (character === '\t') {
      do {
        if (++column > width) return out;
        out += ' ';
      } while (column % tabStop !== 0);
      continue;
    }
    column += columns(character);
    if (column > width) break;
    out += character;
  }
  return out;
}
