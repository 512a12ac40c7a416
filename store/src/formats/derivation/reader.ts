/** The tokens of a derivation's text. */
import { StoreError } from '../../errors.ts';

export const malformed = (message: string) => new StoreError('invalid', message);

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

export class AtermReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): string | undefined {
    return this.#text[this.#at];
  }

  expect(token: string): void {
    if (!this.#text.startsWith(token, this.#at)) throw malformed(`expected string '${token}'`);
    this.#at += token.length;
  }

  /** A string: quotes, and `\` before what stands for itself or is n, r, t. */
  string(): string {
    this.expect('"');
    const start = this.#at;
    let end = this.#text.indexOf('"', start);
    while (end > 0 && this.#isEscaped(start, end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) throw malformed('unterminated string in derivation');
    this.#at = end + 1;
    const raw = this.#text.slice(start, end);
    return raw.includes('\\') ? raw.replace(/\\([\s\S])/g, (_, char: string) => escapes[char] ?? char) : raw;
  }

  // A quote is part of the string when an odd number of backslashes stands before it.
  #isEscaped(start: number, at: number): boolean {
    let first = at;
    while (first > start && this.#text[first - 1] === '\\') first--;
    return (at - first) % 2 === 1;
  }

  path(): string {
    const text = this.string();
    if (!text.startsWith('/')) throw malformed(`bad path '${text}' in derivation`);
    return text;
  }

  /** `[item,item]`. Like Nix's, it does not mind a comma before the first or a missing one between two. */
  list<T>(item: () => T): T[] {
    this.expect('[');
    const items: T[] = [];
    while (!this.#endOfList()) items.push(item());
    return items;
  }

  #endOfList(): boolean {
    const next = this.peek();
    if (next === ',' || next === ']') this.#at++;
    return next === ']';
  }

  /** `("a","b")` */
  tuple(count: number): string[] {
    this.expect('(');
    const items: string[] = [];
    for (let i = 0; i < count; i++) {
      if (i > 0) this.expect(',');
      items.push(this.string());
    }
    this.expect(')');
    return items;
  }
}
