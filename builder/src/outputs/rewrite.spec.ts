import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectBytes } from '../../../store/src/testing/trees.ts';
import { rewriteChunks } from './rewrite.ts';

const digits = '0123456789abcdfghijklmnpqrsvwxyz';
const hash = fc.string({ unit: fc.constantFrom(...digits), minLength: 32, maxLength: 32 });

async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  for (const size of sizes) {
    yield Buffer.from(text.slice(at, at + size), 'latin1');
    at += size;
  }
  yield Buffer.from(text.slice(at), 'latin1');
}

test('hash parts are replaced wherever chunks are cut', async () => {
  const pieces = fc.array(fc.oneof(fc.constant('FIRST'), fc.constant('SECOND'), fc.string({ maxLength: 40 })), { maxLength: 20 });
  const sizes = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 });
  const property = fc.asyncProperty(fc.tuple(hash, hash, hash, hash), pieces, sizes, async ([a, b, c, d], parts, lengths) => {
    const written = (first: string, second: string) =>
      parts.map((part) => (part === 'FIRST' ? first : part === 'SECOND' ? second : part)).join('');
    const rewritten = rewriteChunks(
      cut(written(a, b), lengths),
      new Map([
        [a, c],
        [b, d],
      ]),
    );
    expect(Buffer.from(await collectBytes(rewritten)).toString('latin1')).toBe(Buffer.from(written(c, d), 'latin1').toString('latin1'));
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a source that fails is the error, and nothing is held', async () => {
  async function* failing(): AsyncGenerator<Uint8Array, void, void> {
    yield Buffer.from('x');
    throw new Error('broken');
  }
  await expect(collectBytes(rewriteChunks(failing(), new Map([['a'.repeat(32), 'b'.repeat(32)]])))).rejects.toThrow('broken');
});
