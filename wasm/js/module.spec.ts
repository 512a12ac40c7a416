import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base16, base64, type Encoding, nix32 } from './encoding.ts';
import { compressHash, type HashAlgo, hashSizes } from './hasher.ts';
import { loadWasmHashes, WasmHashes } from './module.ts';

const bytes = readFileSync(new URL('../build/vixen-wasm.wasm', import.meta.url));
const wasmModule = new WebAssembly.Module(bytes);
const hashes = new WasmHashes(wasmModule);
const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (algo: HashAlgo, data: Uint8Array) => base16.encode(hashes.hash(algo, data));

const blake3Vectors: [number, string][] = [
  [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
  [2, '7b7015bb92cf0b318037702a6cdd81dee41224f734684c2c122cd6359cb1ee63'],
  [3, 'e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f'],
  [4, 'f30f5ab28fe047904037f77b6da4fea1e27241c5d132638d8bedce9d40494f32'],
  [5, 'b40b44dfd97e7a84a996a91af8b85188c66c126940ba7aad2e7ae6b385402aa2'],
  [6, '06c4e8ffb6872fad96f9aaca5eee1553eb62aed0ad7198cef42e87f6a616c844'],
  [7, '3f8770f387faad08faa9d8414e9f449ac68e6ff0417f673f602a646a891419fe'],
  [8, '2351207d04fc16ade43ccab08600939c7c1fa70a5c0aaca76063d04c3228eaeb'],
  [63, 'e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b'],
  [64, '4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98'],
  [65, 'de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee'],
  [127, 'd81293fda863f008c09e92fc382a81f5a0b4a1251cba1634016a0f86a6bd640d'],
  [128, 'f17e570564b26578c33bb7f44643f539624b05df1a76c81f30acd548c44b45ef'],
  [129, '683aaae9f3c5ba37eaaf072aed0f9e30bac0865137bae68b1fde4ca2aebdcb12'],
  [1023, '10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11'],
  [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
  [1025, 'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444'],
  [2048, 'e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a'],
  [2049, '5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030'],
  [3072, 'b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2'],
  [3073, '7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3'],
  [4096, '015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969'],
  [4097, '9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995'],
  [5120, '9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833'],
  [5121, '628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff'],
  [6144, '3e2e5b74e048f3add6d21faab3f83aa44d3b2278afb83b80b3c35164ebeca205'],
  [6145, 'f1323a8631446cc50536a9f705ee5cb619424d46887f3c376c695b70e0f0507f'],
  [7168, '61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a'],
  [7169, 'a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817'],
  [8192, 'aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63'],
  [8193, 'bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b'],
  [16384, 'f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4'],
  [31744, '62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47'],
  [102400, 'bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085'],
];

describe('published digests', () => {
  // RFC 1321 §A.5; FIPS 180-4's examples; the BLAKE3 paper's for the empty input, and the well-known one of "abc".
  const abc = ascii('abc');
  const twoBlocks = ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq');
  const digits = ascii('1234567890'.repeat(8));
  const none = new Uint8Array();
  test.each<[HashAlgo, Uint8Array, string]>([
    ['md5', none, 'd41d8cd98f00b204e9800998ecf8427e'],
    ['md5', ascii('a'), '0cc175b9c0f1b6a831c399e269772661'],
    ['md5', abc, '900150983cd24fb0d6963f7d28e17f72'],
    ['md5', ascii('message digest'), 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['md5', digits, '57edf4a22be3c955ac49da2e2107b67a'],
    ['sha1', none, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['sha1', abc, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha1', twoBlocks, '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
    ['sha256', none, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['sha256', abc, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha256', twoBlocks, '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
    [
      'sha512',
      abc,
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
    [
      'sha512',
      none,
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    ],
    ['blake3', none, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
    ['blake3', abc, '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
  ])('%s of %o', (algo, data, expected) => {
    expect(hex(algo, data)).toBe(expected);
  });

  // The official vectors (BLAKE3 repository, test_vectors.json): byte i of the input is i mod 251.
  test.each(blake3Vectors)('blake3 of %i bytes', (length, expected) => {
    const data = Uint8Array.from({ length }, (_, i) => i % 251);
    expect(hex('blake3', data)).toBe(expected);
  });
});

describe('against node:crypto', () => {
  const algos: HashAlgo[] = ['md5', 'sha1', 'sha256', 'sha512'];
  test.each(algos)('%s at every length around the block borders', (algo) => {
    const data = randomBytes(1100);
    const borders = [64, 128, 192, 256, 1024].flatMap((border) => Array.from({ length: 36 }, (_, i) => border - 18 + i));
    for (const length of [...Array.from({ length: 64 }, (_, i) => i), ...borders]) {
      const part = data.subarray(0, length);
      expect(hex(algo, part), `${length} bytes`).toBe(createHash(algo).update(part).digest('hex'));
    }
  });

  test.each(algos)('%s of more than one window', (algo) => {
    const data = randomBytes(300_000);
    expect(hex(algo, data)).toBe(createHash(algo).update(data).digest('hex'));
  });
});

describe('streaming', () => {
  const pieces = fc.array(
    fc.tuple(fc.nat(4000), fc.nat(255)).map(([length, seed]) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 256)),
    { maxLength: 20 },
  );
  test.each(Object.keys(hashSizes) as HashAlgo[])('%s does not depend on where the input is cut', (algo) => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const hasher = hashes.createHasher(algo);
        for (const part of parts) hasher.update(part);
        expect(hasher.digest()).toEqual(hashes.hash(algo, Buffer.concat(parts)));
      }),
      { numRuns: 60 },
    );
  });

  test('hashers do not disturb each other, and contexts are used again', () => {
    const first = hashes.createHasher('sha256').update(ascii('a'));
    const second = hashes.createHasher('blake3').update(ascii('ab'));
    first.update(ascii('bc'));
    second.update(ascii('c'));
    expect(first.digest()).toEqual(hashes.hash('sha256', ascii('abc')));
    expect(hashes.createHasher('md5').digest()).toEqual(hashes.hash('md5', new Uint8Array()));
    expect(second.digest()).toEqual(hashes.hash('blake3', ascii('abc')));
  });

  test('a hasher gives its digest once', () => {
    const hasher = hashes.createHasher('sha1');
    hasher.digest();
    expect(() => hasher.digest()).toThrow('already given');
    expect(() => hasher.update(ascii('x'))).toThrow('already given');
  });

  test('the memory may grow while hashers are in use', () => {
    const other = new WasmHashes(wasmModule);
    const many = Array.from({ length: 200 }, () => other.createHasher('sha256').update(ascii('ab')));
    for (const hasher of many) expect(hasher.update(ascii('c')).digest()).toEqual(hashes.hash('sha256', ascii('abc')));
  });

  test('the module is loaded from its bytes', async () => {
    const loaded = await loadWasmHashes(bytes);
    expect(loaded.hash('md5', ascii('abc'))).toEqual(hashes.hash('md5', ascii('abc')));
  });
});

type Convert = (src: number, len: number, dst: number) => number;
interface Encoders {
  readonly memory: WebAssembly.Memory;
  alloc(size: number): number;
  reset(mark: number): void;
  compressHash(src: number, srcLen: number, dst: number, dstLen: number): void;
}

describe('the encodings in AssemblyScript are those in TypeScript', () => {
  const wasm = new WebAssembly.Instance(wasmModule, { env: { abort: () => {} } }).exports as unknown as Encoders;
  const convert = (name: string): Convert => (wasm as unknown as Record<string, Convert>)[name]!;
  const encodings: [string, Encoding][] = [
    ['base16', base16],
    ['nix32', nix32],
    ['base64', base64],
  ];
  const source = wasm.alloc(1024);
  const target = wasm.alloc(4096);
  const put = (data: Uint8Array) => new Uint8Array(wasm.memory.buffer).set(data, source);
  const got = (length: number) => new Uint8Array(wasm.memory.buffer).slice(target, target + length);

  test.each(encodings)('%s encodes and decodes', (name, encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        put(data);
        const text = got(convert(`${name}Encode`)(source, data.length, target));
        expect(new TextDecoder().decode(text)).toBe(encoding.encode(data));
        put(text);
        expect(got(convert(`${name}Decode`)(source, text.length, target))).toEqual(data);
      }),
    );
  });

  test.each(encodings)('%s decodes or refuses any text alike', (name, encoding) => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABZ+/=\n-.'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string({ unit: fc.constantFrom(...'01zyfa'), maxLength: 12 })), (text) => {
        put(ascii(text));
        const length = convert(`${name}Decode`)(source, text.length, target);
        expect(length < 0 ? undefined : got(length)).toEqual(encoding.decode(text));
      }),
      { numRuns: 500 },
    );
  });

  test('compressHash folds alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 40 }), (digest, size) => {
        put(digest);
        wasm.compressHash(source, digest.length, target, size);
        expect(got(size)).toEqual(compressHash(digest, size));
      }),
    );
  });

  test('alloc grows the memory, refuses what cannot be, and takes back', () => {
    const mark = wasm.alloc(1);
    const large = wasm.alloc(10 << 20);
    expect(large % 16).toBe(0);
    expect(wasm.memory.buffer.byteLength).toBeGreaterThan(large + (10 << 20));
    expect(wasm.alloc(0xfffffff0)).toBe(0);
    wasm.reset(mark);
    expect(wasm.alloc(1)).toBe(mark);
  });
});
