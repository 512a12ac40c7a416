// Classes of bytes for the lexer.

const is = (pattern) => (byte) => pattern.test(String.fromCharCode(byte));

/** What a byte may be part of, as bits. */
export const bits = [
  ['IDENTIFIER', is(/[a-zA-Z0-9_'-]/)],
  ['PATH', is(/[a-zA-Z0-9._+-]/)],
  ['SCHEME', is(/[a-zA-Z0-9+.-]/)],
  ['URI', is(/[a-zA-Z0-9%/?:@&=+$,_.!~*'-]/)],
  ['DIGIT', is(/[0-9]/)],
  ['SPACE', is(/[ \t\r\n]/)],
  ['LETTER', is(/[a-zA-Z]/)],
  ['KEYWORD', is(/[itealwro]/)],
];

/** Where scanning through a text must look closer, as bits. NUL, in all of them, may be the end. */
export const stops = [
  ['STRING', is(/["$\\\r\0]/)],
  ['INDENTED', is(/['$\0]/)],
  ['LINE', is(/[\r\n\0]/)],
  ['LONG', is(/[*\0]/)],
];

/** What may begin at a byte; the first that matches. */
export const starts = [
  ['Invalid', () => false],
  ['Space', is(/[ \t\r\n]/)],
  ['Word', is(/[a-zA-Z_]/)],
  ['Digit', is(/[0-9]/)],
  ['Dot', is(/\./)],
  ['Slash', is(/\//)],
  ['Sign', is(/[+-]/)],
  ['Comment', is(/#/)],
  ['Operator', is(/[<>=!&|]/)],
  ['Quote', is(/"/)],
  ['Apostrophe', is(/'/)],
  ['Dollar', is(/\$/)],
  ['Open', is(/\{/)],
  ['Close', is(/\}/)],
  ['Tilde', is(/~/)],
  ['Single', is(/[*?:@;.()[\],]/)],
  ['Zero', (byte) => byte === 0],
];

const all = Array.from({ length: 256 }, (_, byte) => byte);

const asBits = (tests) => all.map((byte) => tests.reduce((sum, [, test], i) => sum | (Number(test(byte)) << i), 0));
export const classTable = () => asBits(bits);
export const stopTable = () => asBits(stops);
export const startTable = () =>
  all.map((byte) =>
    Math.max(
      0,
      starts.findIndex(([, test]) => test(byte)),
    ),
  );
