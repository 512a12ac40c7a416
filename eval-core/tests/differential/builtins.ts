// Generators of calls: each builtin and each operator, given what it expects and what it does not.
import fc from 'fast-check';
import table from '../../assembly/gen/builtins.json' with { type: 'json' };
import { among, t } from './text.ts';

/** What only a clock, a network or a store's files answer. */
const elsewhere = new Set(
  'break fetchGit fetchMercurial fetchTarball fetchTree fetchurl fetchFinalTree getFlake currentTime currentSystem exec importNative storePath trace traceVerbose fetchClosure outputOf addDrvOutputDependencies import scopedImport filterSource path readDir readFile readFileType hashFile pathExists findFile'.split(
    ' ',
  ),
);

const texts = among(
  '""',
  '"a"',
  '"k"',
  '"1.2pre3"',
  '"foo-1.0"',
  '"/a/b"',
  '"a/../b"',
  '"{\\"k\\": [1, 2.5, null]}"',
  '"k = 1"',
  '"(a)(b)?"',
  '"sha256"',
  '"md5"',
  '"${drv}"',
  '"${drv.drvPath}"',
  '(builtins.toFile "n" "t")',
  '"/nix/store/ajnwpy399k1izjrwqgpacbrfal3nkl94-x"',
  '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
  '"\\"\\\\$é"',
);
const numbers = among('0', '1', '2', '(-1)', '3', '9223372036854775807', '1.0', '0.5', '(-2.7)', '1.0e300', '64');
const lists = among(
  '[ ]',
  '[ 1 2 3 ]',
  '[ 3 1 2 ]',
  '[ "a" "b" ]',
  '[ "b" "" "a" ]',
  '[ [ 1 ] [ ] ]',
  '[ { k = 1; } { k = 2; m = 3; } ]',
  '[ { name = "a"; value = 1; } { name = "a"; value = 2; } ]',
  '[ { key = 1; } { key = 2; } ]',
  '[ 1 "a" ]',
  '[ (throw "in a list") 1 ]',
  '[ drv ./p ]',
  '[ 1.5 2 ]',
  '[ null ]',
  '[ { name = "a"; } ]',
  '[ (x: x) ]',
);
const sets = among(
  '{ }',
  '{ k = 1; }',
  '{ a = 1; k = "x"; z = [ ]; }',
  '{ name = "a"; value = 1; }',
  '{ startSet = [ { key = 1; } ]; operator = x: if x.key < 4 then [ { key = x.key + 1; } { key = 2; } ] else [ ]; }',
  '{ startSet = [ { } ]; operator = x: [ ]; }',
  '{ startSet = [ { key = 1; } { key = "a"; } ]; operator = x: [ ]; }',
  '{ __toString = self: "s"; }',
  '{ __toString = 1; }',
  '{ outPath = "/o"; }',
  '{ outPath = 1; }',
  '{ __functor = self: x: x; }',
  '{ k = throw "in a set"; }',
  'drv',
  '{ type = "derivation"; }',
  '{ name = "d"; system = "x"; builder = "b"; }',
  '{ name = "d"; system = "x"; builder = ./p; args = [ 1 "a" ]; outputs = [ "out" "dev" ]; }',
  '{ a.b.c = 1; }',
  '{ "/nix/store/ajnwpy399k1izjrwqgpacbrfal3nkl94-x" = { path = true; }; }',
  '{ hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; toHashFormat = "nix32"; }',
);
const functions = among(
  '(x: x)',
  '(x: y: x)',
  '(x: y: y)',
  '(x: y: x + y)',
  '(x: true)',
  '(x: x == 1)',
  '(x: y: true)',
  '(x: "g")',
  '(x: [ x ])',
  '({ k ? 1, ... }: k)',
  '({ a, k }@args: args)',
  '(x: throw "called")',
  'toString',
  'builtins.add',
  'builtins.lessThan',
  '(builtins.elemAt [ 1 2 ])',
  '(n: v: { name = n; value = v; })',
);
const others = among('null', 'true', 'false', './p', '/a/b.c', '(throw "given")', '(abort "given")', '({ }.missing)', '<nowhere>');
const any = fc.oneof(texts, numbers, lists, sets, functions, others);

/** The usual order of arguments, so that many calls succeed: a letter an argument. */
const signatures: Record<string, string> = {
  add: 'nn',
  sub: 'nn',
  mul: 'nn',
  div: 'nn',
  bitAnd: 'nn',
  bitOr: 'nn',
  bitXor: 'nn',
  lessThan: 'nn',
  ceil: 'n',
  floor: 'n',
  all: 'fl',
  any: 'fl',
  filter: 'fl',
  map: 'fl',
  sort: 'fl',
  partition: 'fl',
  groupBy: 'fl',
  concatMap: 'fl',
  zipAttrsWith: 'fl',
  genList: 'fn',
  "foldl'": 'fal',
  mapAttrs: 'fs',
  head: 'l',
  tail: 'l',
  length: 'l',
  elem: 'al',
  elemAt: 'ln',
  concatLists: 'l',
  listToAttrs: 'l',
  concatStringsSep: 'tl',
  attrNames: 's',
  attrValues: 's',
  getAttr: 'ts',
  hasAttr: 'ts',
  catAttrs: 'tl',
  removeAttrs: 'sl',
  intersectAttrs: 'ss',
  functionArgs: 'f',
  genericClosure: 's',
  derivationStrict: 's',
  unsafeGetAttrPos: 'ts',
  match: 'tt',
  split: 'tt',
  substring: 'nnt',
  stringLength: 't',
  replaceStrings: 'llt',
  hashString: 'tt',
  convertHash: 's',
  compareVersions: 'tt',
  parseDrvName: 't',
  splitVersion: 't',
  fromJSON: 't',
  fromTOML: 't',
  toFile: 'tt',
  baseNameOf: 't',
  dirOf: 't',
  getContext: 't',
  hasContext: 't',
  appendContext: 'ts',
  placeholder: 't',
  getEnv: 't',
  unsafeDiscardStringContext: 't',
  unsafeDiscardOutputDependency: 't',
  addErrorContext: 'ta',
  parseFlakeRef: 't',
  flakeRefToString: 's',
  toPath: 't',
};
const pools: Record<string, fc.Arbitrary<string>> = { n: numbers, t: texts, l: lists, s: sets, f: functions, a: any };

const withDerivation = (expression: string) => `let drv = derivation { name = "d"; system = "x"; builder = "b"; }; in ${expression}`;

const entries = (table as { name: string; arity: number }[]).filter(
  ({ name, arity }) => arity > 0 && !elsewhere.has(name) && !name.startsWith('__'),
);
const calls = entries.map(({ name, arity }) => {
  const signature = (Object.hasOwn(signatures, name) && signatures[name]) || 'a'.repeat(arity);
  const given = [...signature].map((letter) => fc.oneof({ arbitrary: pools[letter] ?? any, weight: 5 }, { arbitrary: any, weight: 1 }));
  return fc.tuple(...given).map((all) => `builtins.${name} ${all.join(' ')}`);
});
/** A value made of more calls. */
const call = fc.oneof(...calls);
const nested = fc.oneof(
  { arbitrary: call, weight: 6 },
  { arbitrary: t`(${call}) ${any}`, weight: 1 },
  { arbitrary: fc.tuple(fc.constantFrom(...entries), call, any).map(([{ name }, a, b]) => `builtins.${name} (${a}) ${b}`), weight: 2 },
  { arbitrary: t`[ (${call}) (builtins.tryEval (${call})) ]`, weight: 1 },
  { arbitrary: fc.constantFrom(...entries).map(({ name }) => `builtins.${name}`), weight: 1 },
  { arbitrary: t`let f = x: ${call}; in map f [ 1 2 ]`, weight: 1 },
  { arbitrary: t`{ a = ${call}; b.c = builtins.toJSON (${call}); }`, weight: 1 },
);
export const builtinCalls = nested.map(withDerivation);

const infix = among('+', '-', '*', '/', '++', '//', '==', '!=', '<', '<=', '>', '>=', '&&', '||', '->', '|>', '<|', '');
const applied = fc.oneof(
  { arbitrary: t`${any} ${infix} ${any}`, weight: 6 },
  { arbitrary: t`${among('!', '-')} ${any}`, weight: 1 },
  { arbitrary: t`${any} ? ${among('k', 'a.b', '"k"', '${"a"}', '${null}')}`, weight: 1 },
  { arbitrary: t`${any}.${among('k', 'a.b', '"k"', '${"a"}', '${1}', 'type')}${among('', ' or 1', ' or (throw "default")')}`, weight: 2 },
  { arbitrary: t`if ${any} then 1 else 2`, weight: 1 },
  { arbitrary: t`assert ${any}; 1`, weight: 1 },
  { arbitrary: t`with ${any}; ${among('k', 'a', 'nope')}`, weight: 1 },
  { arbitrary: t`"x\${${any}}y"`, weight: 1 },
  { arbitrary: t`./x + ${any}`, weight: 1 },
  { arbitrary: t`{ inherit (${any}) k; }`, weight: 1 },
  { arbitrary: t`{ \${${any}} = 1; }`, weight: 1 },
  { arbitrary: t`({ k, a ? ${any} }: [ k a ]) ${any}`, weight: 1 },
);
const { chained } = fc.letrec<{ chained: string }>((tie) => ({
  chained: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    applied,
    t`(${tie('chained')}) ${infix} ${any}`,
    t`${any} ${infix} (${tie('chained')})`,
    t`let v = ${tie('chained')}; in [ v v ]`,
    t`rec { v = ${tie('chained')}; w = v ${infix} ${any}; }`,
  ),
}));
export const operators = chained.map(withDerivation);
