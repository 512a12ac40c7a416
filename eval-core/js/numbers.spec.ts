// Numbers as text and back, in a module of their own: eval-core/assembly/value/testing.ts.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

interface Exports {
  memory: WebAssembly.Memory;
  text: WebAssembly.Global;
  formatFloatG(x: number, to: number): number;
  formatFloatF(x: number, to: number): number;
  formatFloatShortest(x: number, to: number): number;
  formatInt(n: bigint, to: number): number;
  parseFloat(ptr: number, length: number): number;
  parseFloatRange(): number;
  parseInt64(ptr: number, length: number): bigint;
  intOverflowed(): number;
}

const room = fileURLToPath(new URL('..', import.meta.url));
let wasm: Exports;

beforeAll(async () => {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const source = path.join(room, 'assembly/value/testing.ts');
  const options = ['--noAssert', '--runtime', 'stub', '--enable', 'simd,bulk-memory,sign-extension,nontrapping-f2i'];
  const { error, stderr } = await asc.main([source, '-o', 'numbers.wasm', '--baseDir', '/', ...options], {
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = Uint8Array.from(contents);
    },
  });
  if (error || !binary) throw new Error(stderr.toString(), { cause: error });
  const { instance } = await WebAssembly.instantiate(binary, { env: { abort: () => undefined } });
  wasm = instance.exports as unknown as Exports;
});

const address = () => wasm.text.value as number;
const read = (length: number) => Buffer.from(wasm.memory.buffer, address(), length).toString();
function write(text: string): number {
  return Buffer.from(wasm.memory.buffer, address()).write(text);
}
const g = (x: number) => read(wasm.formatFloatG(x, address()));
const f = (x: number) => read(wasm.formatFloatF(x, address()));
const shortest = (x: number) => read(wasm.formatFloatShortest(x, address()));
const float = (text: string) => wasm.parseFloat(address(), write(text));
const int = (text: string) => {
  const n = wasm.parseInt64(address(), write(text));
  return wasm.intOverflowed() ? undefined : n;
};

/** `%g` of C, from JavaScript's exact `toPrecision`, for numbers in its range without an exponent of other form. */
function referenceG(x: number): string {
  const [, digits = '', exponent = '0'] = /^(.*)e(.*)$/.exec(x.toExponential(5)) ?? [];
  const e = Number(exponent);
  if (e >= -4 && e < 6)
    return x
      .toFixed(Math.max(0, 5 - e))
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
  return `${digits.replace(/\.?0+$/, '')}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
}

/** Whether a number lies in the middle of two of six digits: C rounds it to even, JavaScript up. */
const isTie = (x: number) => /5e/.test(x.toExponential(6)) && Number(x.toExponential(6)) === x;

describe('floats as values show them', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [0.1, '0.1'],
    [100000, '100000'],
    [999999.5, '1e+06'],
    [1e6, '1e+06'],
    [123456789, '1.23457e+08'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [0.00012345675, '0.000123457'],
    [1.5e300, '1.5e+300'],
    [5e-324, '4.94066e-324'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    // halves to even
    [2.5e-5 * 2 ** 0, '2.5e-05'],
    [1000005, '1e+06'],
    [1000015, '1.00002e+06'],
    [0.5, '0.5'],
  ])('%f', (x, text) => expect(g(x)).toBe(text));

  it('agree with toPrecision', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => x === 0 || isTie(x) || g(x) === referenceG(x)));
  });
});

describe('floats as toString shows them', () => {
  it.each([
    [0, '0.000000'],
    [-1.5, '-1.500000'],
    [0.0000005, '0.000000'],
    [0.0000015, '0.000002'],
    [1e20, '100000000000000000000.000000'],
    [1999.9999995, '2000.000000'],
    [2000.0000005, '2000.000000'],
    [123456.789, '123456.789000'],
    [0.0078125, '0.007812'],
    [0.0234375, '0.023438'],
  ])('%f', (x, text) => expect(f(x)).toBe(text));

  it('agree with toFixed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e20, max: 1e20, noNaN: true }),
        (x) => Math.abs(x) < 1e-6 || Number.isInteger(x * 128) || f(x) === x.toFixed(6),
      ),
    );
  });
});

describe('floats in JSON', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [1e20, '1e+20'],
    [1e15, '1e+15'],
    [123456789012345, '123456789012345.0'],
    [1.5e-7, '1.5e-07'],
    [0.001, '0.001'],
    [0.00001, '1e-05'],
    [1 / 3, '0.3333333333333333'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'null'],
    [Number.POSITIVE_INFINITY, 'null'],
  ])('%f', (x, text) => expect(shortest(x)).toBe(text));

  it('read back as they were', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => Object.is(Number(shortest(x)), x)));
  });
});

describe('reading floats', () => {
  it('rounds as JavaScript does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 40 }), (x, digits) => {
        const text = x.toExponential(digits);
        return Object.is(float(text), Number(text));
      }),
    );
  });

  it('decides halves by all of the digits', () => {
    const half = (2n ** 53n + 1n).toString();
    expect(float(half)).toBe(2 ** 53);
    expect(float(`${half}.${'0'.repeat(900)}1`)).toBe(2 ** 53 + 2);
    expect(float(`${half}${'0'.repeat(900)}e-900`)).toBe(2 ** 53);
  });

  it.each([
    ['1e999', Number.POSITIVE_INFINITY, 1],
    ['1.7976931348623159e308', Number.POSITIVE_INFINITY, 1],
    ['1e-999', 0, 2],
    ['2e-324', 0, 2],
    ['3e-324', 5e-324, 2],
    ['4.9406564584124654e-324', 5e-324, 2],
    ['0e999', 0, 0],
    ['-0', -0, 0],
  ])('%s', (text, x, range) => {
    expect(float(text)).toBe(x);
    expect(wasm.parseFloatRange()).toBe(range);
  });
});

describe('integers', () => {
  it('are written', () => {
    const write64 = (n: bigint) => read(wasm.formatInt(n, address()));
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => write64(n) === n.toString()));
  });

  it.each([
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', undefined],
    ['-9223372036854775809', undefined],
    ['18446744073709551617', undefined],
    ['+12', 12n],
    ['000', 0n],
  ])('%s is read', (text, n) => expect(int(text)).toBe(n));
});
