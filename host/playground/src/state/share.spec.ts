import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameProblem } from './paths.ts';
import { decodeShare, encodeShare, isShare, longestLink } from './share.ts';

const link = (value: unknown) => `#v1=${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;

describe('share links', () => {
  test('hold any files', async () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => nameProblem(text) === undefined);
    const contents = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());
    const files = fc.uniqueArray(fc.record({ name, contents }), { selector: (file) => file.name, minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(files, async (some) => {
        const snapshot = { files: some, active: some[0]!.name };
        const fragment = await encodeShare(snapshot);
        expect(isShare(fragment)).toBe(true);
        expect(fragment).toMatch(/^#v1=[\w-]+$/);
        expect(await decodeShare(fragment)).toEqual(snapshot);
      }),
    );
  });

  test('that would be too long are refused', async () => {
    const random = randomBytes(40_000).toString('base64');
    await expect(encodeShare({ files: [{ name: 'a', contents: random }], active: 'a' })).rejects.toThrow(`${longestLink} is the most`);
  });

  test.each([
    ['#v2=AAAA', 'of version 2'],
    ['#v1=!', 'no link'],
    ['#v1=AAAA', 'damaged'],
    [link(['a', ['a', 'text']]).slice(0, -4), 'damaged'],
    [link({}), 'does not hold files'],
    [link(['a']), 'does not hold files'],
    [link(['a', ['../a', 'text']]), 'does not hold files'],
    [link(['a', ['/a', 'text']]), 'does not hold files'],
    [link(['a', ['a', 1]]), 'does not hold files'],
    [link(['a', ['a', 'x'.repeat(5 * 2 ** 20)]]), 'more than 4 MiB'],
  ])('a link is refused (%#)', async (fragment, message) => {
    await expect(decodeShare(fragment)).rejects.toThrow(message);
  });

  test('any fragment is files or a ShareError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'ABCDxyz019-_') }), async (data) => {
        const result = await decodeShare(`#v1=${data}`).catch((error: Error) => error.name);
        if (typeof result === 'string') expect(result).toBe('ShareError');
      }),
    );
  });
});
