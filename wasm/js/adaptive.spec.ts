import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptiveHashers } from './adaptive.ts';
import { createMultiHasher, type HashAlgo, type HasherFactory } from './hasher.ts';
import { WasmHashes } from './module.ts';
import { joinBytes } from './text.ts';

const wasm = new WasmHashes(new WebAssembly.Module(readFileSync(new URL('../build/vixen-wasm.wasm', import.meta.url))));
const native: HasherFactory = (algo) => {
  const hash = createHash(algo);
  return {
    update(data) {
      hash.update(data);
      return this;
    },
    digest: () => new Uint8Array(hash.digest()),
  };
};
const algos: HashAlgo[] = ['md5', 'sha1', 'sha256', 'sha512'];
const pieces = fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 20 });

test.each(algos)('%s: the module, the runtime, and the choice between them give the same digests', (algo) => {
  const hashers = { wasm: wasm.createHasher, native, adaptive: adaptiveHashers({ small: wasm.createHasher, large: native }) };
  fc.assert(
    fc.property(pieces, (parts) => {
      const digests = Object.values(hashers).map((create) => {
        const hasher = create(algo);
        for (const part of parts) hasher.update(part);
        return hasher.digest();
      });
      expect(digests).toEqual(digests.map(() => wasm.hash(algo, joinBytes(parts))));
    }),
  );
});

test('the choice is by size, and is made once', () => {
  const made: string[] = [];
  const noting = (name: string, create: HasherFactory): HasherFactory => {
    return (algo) => {
      made.push(name);
      return create(algo);
    };
  };
  const create = adaptiveHashers({ small: noting('small', wasm.createHasher), large: noting('large', native), limit: 4 });
  for (const size of [0, 4, 5, 100]) create('sha256').update(new Uint8Array(size)).digest();
  create('sha256').update(new Uint8Array(3)).update(new Uint8Array(2)).update(new Uint8Array(9)).digest();
  expect(made).toEqual(['small', 'small', 'large', 'large', 'large']);
});

test('bytes may change after they were given; a digest is given once', () => {
  const hasher = adaptiveHashers({ small: wasm.createHasher, large: native })('sha1');
  const bytes = Uint8Array.of(1, 2, 3);
  hasher.update(bytes);
  bytes.fill(0);
  expect(hasher.digest()).toEqual(wasm.hash('sha1', Uint8Array.of(1, 2, 3)));
  expect(() => hasher.digest()).toThrow('already');
  expect(() => hasher.update(bytes)).toThrow('already');
});

test('several digests in one pass, by the module and by others', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const whole = joinBytes(parts);
      const one = wasm.createMultiHasher(['sha256', 'blake3']);
      const other = createMultiHasher((algo) => (algo === 'blake3' ? wasm.createHasher(algo) : native(algo)), ['sha256', 'blake3']);
      for (const part of parts) {
        one.update(part);
        other.update(part);
      }
      expect([one.size, other.size]).toEqual([whole.length, whole.length]);
      const expected = { sha256: wasm.hash('sha256', whole), blake3: wasm.hash('blake3', whole) };
      expect(one.digests()).toEqual(expected);
      expect(other.digests()).toEqual(expected);
      expect(() => one.update(whole)).toThrow('already');
    }),
  );
});
