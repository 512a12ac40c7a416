import { encodeText } from '@vixen/wasm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derivationOutputs, parseDerivation } from './index.ts';
import { printDerivation } from './print.ts';
import type { Derivation, DerivationInput, DerivationOutput } from './types.ts';

const a = '/nix/store/00000000000000000000000000000001-a';
const drv = '/nix/store/00000000000000000000000000000002-b.drv';
const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const read = (text: string) => parseDerivation(encodeText(text), 'x.drv');
const written = (text: string) => new TextDecoder().decode(printDerivation(read(text)));

const plain = `Derive([("out","${a}","","")],[("${drv}",["dev","out"])],["${a}"],"x86_64-linux","/bin/sh",["-c","echo \\"\\\\ \\n"],[("a","1\\t2"),("out","${a}")])`;
const kinds =
  `Derive([("dev","","r:sha256",""),("fixed","${a}","r:sha256","${hash}"),("imp","","text:sha256","impure"),("later","","","")],` +
  '[],[],"builtin","builtin:fetchurl",[],[])';
const dynamic = `DrvWithVersion("xp-dyn-drv",[("out","","","")],[("${drv}",(["out"],[("out",["dev","lib"])]))],[],"s","b",[],[])`;

test.each([plain, kinds, dynamic])('what is read is written as it was: %s', (text) => {
  expect(written(text)).toBe(text);
});

test('the parts', () => {
  expect(read(plain)).toMatchObject({
    inputDerivations: new Map([[drv, { outputs: ['dev', 'out'] }]]),
    args: ['-c', 'echo "\\ \n'],
    env: new Map([
      ['a', '1\t2'],
      ['out', a],
    ]),
  });
  expect([...read(kinds).outputs.values()].map(({ type }) => type)).toEqual(['floating', 'fixed', 'impure', 'deferred']);
  expect(read(dynamic).inputDerivations.get(drv)!.dynamic!.get('out')).toEqual({ outputs: ['dev', 'lib'] });
  expect(derivationOutputs(encodeText(kinds), 'x')).toEqual(
    new Map([
      ['dev', ''],
      ['fixed', a],
      ['imp', ''],
      ['later', ''],
    ]),
  );
});

test('masked: no output paths, and other names for the inputs', () => {
  const inputs = new Map([[hash, { outputs: ['out'] }]]);
  expect(new TextDecoder().decode(printDerivation(read(plain), { maskOutputs: true, inputs }))).toBe(
    `Derive([("out","","","")],[("${hash}",["out"])],["${a}"],"x86_64-linux","/bin/sh",["-c","echo \\"\\\\ \\n"],[("a","1\\t2"),("out","")])`,
  );
});

test.each([
  ['', "expected string 'D'"],
  ['Dx', "derivation does not start with 'Derive' or 'DrvWithVersion'"],
  ['DrvWithVersion("2",', "Unknown derivation ATerm format version '2'"],
  ['Derive([("out', 'unterminated string in derivation'],
  ['Derive([("out","x","","")]', "bad path 'x' in derivation"],
  ['Derive([("out","/x","","")]', "path '/x' is not in the Nix store"],
  [`Derive([("out","${a}","r:sha256","")]`, 'content-addressing derivation output should not specify output path'],
  [`Derive([("out","${a}","r:sha256","impure")]`, 'impure derivation output should not specify output path'],
  [`Derive([("out","${a}","r:sha3","00")]`, "unknown hash algorithm 'sha3'"],
  [`Derive([],[("${drv}",(["out"],[]))]`, "expected string '['"],
  ['Derive([],[],["relative"]', "bad path 'relative' in derivation"],
  [`DrvWithVersion("xp-dyn-drv",[],[("${drv}",${'(["o"],[("o",'.repeat(100)}`, 'invalid inputDrvs entry in derivation'],
])('%s is refused', (text, message) => {
  expect(() => read(text)).toThrow(`error parsing derivation 'x.drv': ${message}`);
});

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const storePath = name.map((text) => `/nix/store/0123456789abcdfghijklmnpqrsvwxyz-${text}`);
const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('\udcff'), fc.constant('"\\\n'));
const method = fc.constantFrom('flat' as const, 'nar' as const, 'text' as const);
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ({ algo: 'sha256' as const, digest: new Uint8Array(bytes) }));
const output: fc.Arbitrary<DerivationOutput> = fc.oneof(
  fc.record({ type: fc.constant('input-addressed' as const), path: storePath }),
  fc.record({ type: fc.constant('fixed' as const), path: storePath, method, hash: digest }),
  fc.record({ type: fc.constant('floating' as const), method, algo: fc.constant('sha256' as const) }),
  fc.record({ type: fc.constant('impure' as const), method, algo: fc.constant('sha256' as const) }),
  fc.record({ type: fc.constant('deferred' as const) }),
);
const outputNames = fc.uniqueArray(name, { maxLength: 3 }).map((names) => names.sort());
const mapOf = <K, V>(keys: fc.Arbitrary<K>, values: fc.Arbitrary<V>) =>
  fc.uniqueArray(fc.tuple(keys, values), { maxLength: 4, selector: ([key]) => key }).map((entries) => new Map(entries));
const input: fc.Arbitrary<DerivationInput> = fc.oneof(
  fc.record({ outputs: outputNames }),
  fc.record({ outputs: outputNames, dynamic: mapOf(name, fc.record({ outputs: outputNames })).filter((map) => map.size > 0) }),
);
const derivations: fc.Arbitrary<Derivation> = fc.record({
  outputs: mapOf(name, output),
  inputDerivations: mapOf(storePath, input),
  inputSources: fc.uniqueArray(storePath, { maxLength: 3 }).map((paths) => paths.sort()),
  system: name,
  builder: anyText,
  args: fc.array(anyText, { maxLength: 3 }),
  env: mapOf(name, anyText),
});

test('any derivation survives being written and read', () => {
  const survives = (derivation: Derivation) => {
    expect(parseDerivation(printDerivation(derivation), 'x')).toEqual(derivation);
  };
  fc.assert(fc.property(derivations, survives));
});

test('damaged texts are read or refused, never anything else', () => {
  const refusal = expect.objectContaining({ code: 'invalid' });
  const check = (derivation: Derivation, at: number, byte: number) => {
    const bytes = printDerivation(derivation);
    bytes[at % bytes.length] = byte;
    try {
      parseDerivation(bytes, 'x');
    } catch (error) {
      expect(error).toEqual(refusal);
    }
  };
  fc.assert(fc.property(derivations, fc.nat(), fc.nat(255), check));
});
