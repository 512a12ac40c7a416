// Generators of texts in Nix's notations.
import fc from 'fast-check';

const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A string literal. */
export const quoted = (text: string) => `"${text.replace(/["\\\n\r\t]/g, (c) => escapes[c] ?? c).replaceAll('${', '\\${')}"`;

export const of = (alphabet: string, maxLength = 8) =>
  fc.array(fc.constantFrom(...alphabet), { maxLength }).map((characters) => characters.join(''));

/** Text of all sorts, without NUL. */
export const anyText = fc.oneof(
  of('abcXYZ 019-_.'),
  of('a$${}"\\\n\t\r\'', 6),
  fc.string({ maxLength: 12, unit: 'grapheme' }).map((text) => text.replaceAll('\0', '').toWellFormed()),
);

export const call = (name: string, ...args: fc.Arbitrary<string>[]) =>
  fc.tuple(...args).map((given) => `builtins.${name} ${given.join(' ')}`);
export const parenthesised = (number: number | bigint) => (number < 0 ? `(${number})` : `${number}`);
export const small = (min: number, max: number) => fc.integer({ min, max }).map(parenthesised);
export const list = (element: fc.Arbitrary<string>, maxLength = 4) => fc.array(element, { maxLength }).map((all) => `[ ${all.join(' ')} ]`);

export const among = (...texts: string[]) => fc.constantFrom(...texts);

/** `${…}` of arbitraries, in order. */
export function t(texts: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((given) => texts.reduce((all, piece, i) => all + given[i - 1] + piece));
}
