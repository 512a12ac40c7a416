/** Arguments and environments as bytes, for programs that a runtime starts with texts alone. */
import { encodeText } from '@vixen/wasm';

const escaped = /[\udc80-\udcff]/;

/** Whether a text holds bytes that are not UTF-8. */
export const hasBytes = (text: string): boolean => escaped.test(text);

const nul = Uint8Array.of(0);

/** Each argument, and a NUL after it. */
export const nulSeparated = (args: readonly string[]): Uint8Array => Buffer.concat(args.flatMap((arg) => [encodeText(arg), nul]));

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

/** A word of a shell script. Bytes that are not UTF-8 are printed: they are no newlines, which the shell would drop. */
export function shellWord(text: string): string {
  const bytes = (run: string) => `'"$(printf '${[...run].map((c) => octal(c.charCodeAt(0) - 0xdc00)).join('')}')"'`;
  return `'${text.replace(/'/g, `'\\''`).replace(/[\udc80-\udcff]+/g, bytes)}'`;
}
