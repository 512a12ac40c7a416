import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WasmHashes } from './module.ts';
import { HashRewriter, ModuloHasher } from './rewriter.ts';
import { ReferenceScanner } from './scanner.ts';
import { joinBytes } from './text.ts';

const wasm = new WasmHashes(new WebAssembly.Module(readFileSync(new URL('../build/vixen-wasm.wasm', import.meta.url))));
const digits = '0123456789abcdfghijklmnpqrsvwxyz';
const hashPart = fc.array(fc.constantFrom(...digits), { minLength: 32, maxLength: 32 }).map((chars) => chars.join(''));
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const string = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** A text of needles, of what looks like them, and of other bytes. */
const textOf = (needles: readonly string[]) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(...needles),
        fc.constantFrom(...needles).chain((needle) => fc.nat({ max: needle.length }).map((length) => needle.slice(0, length))),
        fc.array(fc.constantFrom(...digits), { maxLength: 70 }).map((chars) => chars.join('')),
        fc.array(fc.nat({ max: 255 }), { maxLength: 50 }).map((codes) => String.fromCharCode(...codes)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));

const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 });
function piecesOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
    parts.push(bytes.subarray(at, at + sizes[i % sizes.length]!));
  }
  return parts;
}

function scan(needles: readonly string[], pieces: readonly Uint8Array[]): string[] {
  const scanner = new ReferenceScanner(
    wasm,
    needles.map((needle) => latin1(needle)),
  );
  for (const piece of pieces) scanner.write(piece);
  const found = scanner.found().map(string);
  scanner.close();
  return found;
}

const anyNeedles = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0', '\xff'), minLength: 1, maxLength: 9 }), {
  minLength: 1,
  maxLength: 6,
});
const hashParts = fc.uniqueArray(hashPart, { minLength: 1, maxLength: 5 });

describe.each([
  ['hash parts', hashParts],
  ['any texts', anyNeedles],
])('searching for %s', (_, needleArbitrary) => {
  const input = needleArbitrary.chain((needles) => fc.record({ needles: fc.constant(needles), text: textOf(needles), sizes: cuts }));

  test('finds what a naive search finds, across all borders', () => {
    fc.assert(
      fc.property(input, ({ needles, text, sizes }) => {
        expect(scan(needles, piecesOf(latin1(text), sizes))).toEqual(needles.filter((needle) => text.includes(needle)));
      }),
      { numRuns: 400 },
    );
  });

  test('replaces what a naive rewriting replaces', () => {
    fc.assert(
      fc.property(input, ({ needles, text, sizes }) => {
        const rewrites = needles.map(
          (needle, i) => [needle, String.fromCharCode(...latin1(needle).map((code) => (code + i + 1) & 0xff))] as const,
        );
        const naive = replaceAll(text, rewrites);
        const rewritten = rewrite(rewrites, piecesOf(latin1(text), sizes));
        expect(rewritten).toEqual(naive);
      }),
      { numRuns: 400 },
    );
  });
});

interface Rewritten {
  text: string;
  positions: number[];
}

/** The first needle is replaced first, of several the longest; what was put in is not looked at again. */
function replaceAll(text: string, rewrites: readonly (readonly [string, string])[]): Rewritten {
  const longestFirst = [...rewrites].sort(([a], [b]) => b.length - a.length);
  const positions: number[] = [];
  let result = '';
  for (let at = 0; at < text.length; ) {
    const match = longestFirst.find(([from]) => text.startsWith(from, at));
    if (match) positions.push(at);
    result += match?.[1] ?? text[at];
    at += match?.[0].length ?? 1;
  }
  return { text: result, positions };
}

function rewrite(rewrites: readonly (readonly [string, string])[], pieces: readonly Uint8Array[]): Rewritten {
  const out: Uint8Array[] = [];
  const positions: number[] = [];
  const rewriter = new HashRewriter(
    wasm,
    rewrites.map(([from, to]) => [latin1(from), latin1(to)] as const),
    (bytes) => out.push(bytes.slice()),
    (position) => positions.push(position),
  );
  for (const piece of pieces) rewriter.write(piece);
  rewriter.end();
  return { text: string(joinBytes(out)), positions };
}

describe('a scanner', () => {
  test('finds thousands of hash parts in megabytes', () => {
    const parts = fc.sample(hashPart, { numRuns: 3000, seed: 1 });
    const text = parts.map((part, i) => (i % 3 === 0 ? `${'x'.repeat(i)} /nix/store/${part}-name` : part.slice(1))).join('.');
    const scanner = new ReferenceScanner(wasm, parts);
    scanner.write(latin1(text));
    expect(scanner.found()).toEqual(parts.filter((_, i) => i % 3 === 0));
    expect(scanner.complete).toBe(false);
    scanner.close();
  });

  test('is complete when all is found, or nothing is looked for', () => {
    const part = digits;
    const scanner = new ReferenceScanner(wasm, [part, part]);
    scanner.write(latin1(part.slice(0, 31)));
    expect(scanner.complete).toBe(false);
    scanner.write(latin1(part.slice(31)));
    expect(scanner.complete).toBe(true);
    scanner.close();
    expect(new ReferenceScanner(wasm, []).complete).toBe(true);
  });

  test('needs needles of at least a byte, and no more use after closing', () => {
    expect(() => new ReferenceScanner(wasm, [''])).toThrow('a needle has no bytes');
    const scanner = new ReferenceScanner(wasm, ['a']);
    scanner.close();
    scanner.close();
    expect(() => scanner.write(Uint8Array.of(1))).toThrow('closed');
  });
});

describe('a rewriter', () => {
  test('without rewrites passes all on', () => {
    expect(rewrite([], [latin1('abc'), latin1('def')])).toEqual({ text: 'abcdef', positions: [] });
  });
  test('replaces by the same length only', () => {
    expect(() => rewrite([['abc', 'ab']], [])).toThrow('3 bytes cannot be replaced by 2');
  });
});

describe('a hash that does not depend on a text', () => {
  const part = 'abcdfghijklmnpqrsvwxyz0123456789';
  const other = '0123456789abcdfghijklmnpqrsvwxyz';
  const modulo = (text: string, modulus: string, positions: boolean) => {
    const hasher = new ModuloHasher(wasm, wasm.createHasher, 'sha256', modulus, { positions });
    for (const piece of piecesOf(latin1(text), [13])) hasher.update(piece);
    return hasher.digest();
  };

  test('is that of the bytes with zeros in its place', () => {
    const expected = wasm.hash('sha256', latin1(`x ${'\0'.repeat(32)} y`));
    expect(modulo(`x ${part} y`, part, false)).toEqual({ digest: expected, size: 36 });
    expect(modulo(`x ${other} y`, other, false)).toEqual({ digest: expected, size: 36 });
  });

  test('may hash the positions, too', () => {
    const expected = wasm.hash('sha256', latin1(`x ${'\0'.repeat(32)}${'\0'.repeat(32)}|2|34`));
    expect(modulo(`x ${part}${part}`, part, true)).toEqual({ digest: expected, size: 66 });
  });
});
