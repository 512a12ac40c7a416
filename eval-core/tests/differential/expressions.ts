// Generators of whole expressions: well scoped, mostly well typed, lazy, with errors now and then.
import fc from 'fast-check';
import { among, t } from './text.ts';

type Type = 'int' | 'bool' | 'str' | 'list' | 'set' | 'fun';
const types: Type[] = ['int', 'bool', 'str', 'list', 'set', 'fun'];
/** Variables in scope: the name begins with its type's first letter. */
type Scope = readonly string[];

const initial: Record<Type, string> = { int: 'i', bool: 'b', str: 's', list: 'l', set: 'a', fun: 'f' };
const memo = new Map<string, fc.Arbitrary<string>>();
const keys = ['k', 'm', 'z'] as const;

const leaves: Record<Type, fc.Arbitrary<string>> = {
  int: fc.oneof(fc.nat({ max: 9 }).map(String), among('(-1)', '1.5', '9223372036854775807')),
  bool: among('true', 'false'),
  str: among('"a"', '"b"', '""', '"k"', "''x''").map((text) => text),
  list: among('[ ]', '[ 1 2 3 ]', '[ 3 1 2 ]'),
  set: among('{ }', '{ k = 1; }', '{ z = 2; m = 1; }', '{ k.m = 1; }'),
  fun: among('(i: i)', '(i: i + 1)', '(x: 1)', '(i: [ i ])', 'toString', '(i: j: i)'),
};
const failing = among(
  '(throw "thrown")',
  '(assert false; 1)',
  '(builtins.throw "t")',
  'null',
  '(1 + "a")',
  '({ }.nope)',
  '(abort "aborted")',
);

function productions(type: Type, depth: number, scope: Scope): fc.Arbitrary<string>[] {
  const e = (wanted: Type, more: Scope = scope) => expression(wanted, depth - 1, more);
  const any = anyExpression(depth - 1, scope);
  const bind = (wanted: Type) => `${initial[wanted]}${depth}`;
  const key = among(...keys);
  const bound = types.slice(0, 5).map((wanted) => {
    const name = bind(wanted);
    return fc.oneof(
      t`(let ${fc.constant(name)} = ${e(wanted)}; in ${e(type, [...scope, name])})`,
      t`((${fc.constant(name)}: ${e(type, [...scope, name])}) ${e(wanted)})`,
      t`((${fc.constant(`{ ${name} ? `)}${e(wanted)}${among(' }: ', ', ... }: ', ' }@args: ')}${e(type, [...scope, name])}) { })`,
      t`(with { ${fc.constant(name)} = ${e(wanted)}; }; ${e(type, [...scope, name])})`,
    );
  });
  const all = [
    t`(if ${e('bool')} then ${e(type)} else ${e(type)})`,
    t`(assert ${e('bool')}; ${e(type)})`,
    t`(${e('set')}.${key} or ${e(type)})`,
    t`(${e('set')}.${key})`,
    t`(builtins.seq ${any} ${e(type)})`,
    t`(builtins.head ${e('list')})`,
    t`((builtins.tryEval ${e(type)}).value)`,
    t`(${e('fun')} ${any})`,
    t`(builtins.foldl' (x: y: ${e(type, scope)}) ${any} ${e('list')})`,
    ...bound,
  ];
  const own: Record<Type, () => fc.Arbitrary<string>[]> = {
    int: () => [
      t`(${e('int')} ${among('+', '-', '*', '/')} ${e('int')})`,
      t`(- ${e('int')})`,
      t`(builtins.length ${e('list')})`,
      t`(builtins.stringLength ${e('str')})`,
      t`(builtins.foldl' (x: y: x + y) 0 ${e('list')})`,
      t`(builtins.${among('add', 'sub', 'mul', 'div', 'bitAnd', 'bitOr', 'bitXor')} ${e('int')} ${e('int')})`,
      t`(builtins.elemAt ${e('list')} ${e('int')})`,
    ],
    bool: () => [
      t`(${e('bool')} ${among('&&', '||', '->')} ${e('bool')})`,
      t`(! ${e('bool')})`,
      t`(${any} ${among('==', '!=')} ${any})`,
      t`(${e('int')} ${among('<', '<=', '>', '>=')} ${e('int')})`,
      t`(${e('list')} < ${e('list')})`,
      t`(${e('set')} ? ${key})`,
      t`(${e('set')} ? ${key}.${key})`,
      t`(builtins.${among('isInt', 'isList', 'isAttrs', 'isString', 'isFunction', 'isNull', 'isBool', 'isFloat')} ${any})`,
      t`(builtins.${among('any', 'all')} (x: ${e('bool')}) ${e('list')})`,
      t`(builtins.elem ${any} ${e('list')})`,
      t`(builtins.hasAttr ${e('str')} ${e('set')})`,
    ],
    str: () => [
      t`(${e('str')} + ${e('str')})`,
      t`"<\${${e('str')}}>"`,
      t`''
        ${key}\${${e('str')}}
      ''`,
      t`(toString ${any})`,
      t`(builtins.typeOf ${any})`,
      t`(builtins.toJSON ${any})`,
      t`(builtins.toXML ${any})`,
      t`(builtins.concatStringsSep ${e('str')} (map toString ${e('list')}))`,
      t`(builtins.substring ${e('int')} ${e('int')} ${e('str')})`,
      t`(builtins.head (builtins.attrNames ${e('set')}))`,
    ],
    list: () => [
      t`[ ${any} ${any} ]`,
      t`(${e('list')} ++ ${e('list')})`,
      t`(map ${e('fun')} ${e('list')})`,
      t`(builtins.filter (x: ${e('bool')}) ${e('list')})`,
      t`(builtins.genList ${e('fun')} ${among('0', '1', '3')})`,
      t`(builtins.sort ${among('builtins.lessThan', '(x: y: true)', '(x: y: x > y)')} ${e('list')})`,
      t`(builtins.attrNames ${e('set')})`,
      t`(builtins.attrValues ${e('set')})`,
      t`(builtins.${among('tail', 'concatLists')} ${e('list')})`,
      t`(builtins.concatMap (x: ${e('list')}) ${e('list')})`,
      t`(builtins.catAttrs ${e('str')} [ ${e('set')} ${e('set')} ])`,
      t`(map (x: x.key) (builtins.genericClosure { startSet = [ { key = ${e('int')}; } ]; operator = x: if x.key < 3 then [ { key = x.key + 1; } ] else [ ]; }))`,
    ],
    set: () => [
      t`{ k = ${any}; ${among('m', 'z', 'k.m', '"z"', '${"m"}', '${null}')} = ${any}; }`,
      t`rec { k = ${any}; m = ${among('k', '1', 'k + 1', 'z')}; z = ${any}; }`,
      t`(${e('set')} // ${e('set')})`,
      t`{ inherit (${e('set')}) ${key}; }`,
      t`{ \${${e('str')}} = ${any}; }`,
      t`(builtins.mapAttrs (n: v: ${any}) ${e('set')})`,
      t`(builtins.listToAttrs [ { name = ${e('str')}; value = ${any}; } { name = ${e('str')}; value = ${any}; } ])`,
      t`(removeAttrs ${e('set')} [ ${e('str')} ])`,
      t`(builtins.intersectAttrs ${e('set')} ${e('set')})`,
      t`(builtins.tryEval ${any})`,
      t`(builtins.partition (x: ${e('bool')}) ${e('list')})`,
      t`(builtins.groupBy (x: ${e('str')}) ${e('list')})`,
      t`(builtins.zipAttrsWith (n: v: ${any}) [ ${e('set')} ${e('set')} ])`,
      t`(builtins.functionArgs ({ k ? ${any}, m, ... }: 1))`,
    ],
    fun: () => [
      t`(${fc.constant(`${bind('int')}: `)}${expression('int', depth - 1, [...scope, bind('int')])})`,
      t`(x: ${any})`,
      t`({ k ? ${any}, ... }: k)`,
      t`{ __functor = self: x: ${any}; }`,
      t`(builtins.${among('add', 'elemAt', 'hasAttr', 'lessThan', 'seq', 'map')} ${any})`,
    ],
  };
  // what the type makes itself counts for more
  return [...all, ...own[type](), ...own[type]()];
}

function expression(type: Type, depth: number, scope: Scope): fc.Arbitrary<string> {
  const id = `${type} ${depth} ${scope.join(' ')}`;
  const known = memo.get(id);
  if (known) return known;
  const variables = scope.filter((name) => name.startsWith(initial[type]));
  const leaf = variables.length > 0 ? fc.oneof(leaves[type], among(...variables)) : leaves[type];
  const made = depth === 0 ? leaf : lazily(() => fc.oneof(leaf, ...productions(type, depth, scope)));
  const weighted = fc.oneof({ arbitrary: made, weight: 60 }, { arbitrary: failing, weight: 1 });
  memo.set(id, weighted);
  return weighted;
}

function anyExpression(depth: number, scope: Scope): fc.Arbitrary<string> {
  return lazily(() => fc.oneof(...types.map((type) => expression(type, depth, scope))));
}

/** The generators of all depths and scopes would be too many: each is made when it is first needed. */
function lazily(make: () => fc.Arbitrary<string>): fc.Arbitrary<string> {
  let made: fc.Arbitrary<string> | undefined;
  return fc.constant(null).chain(() => {
    made ??= make();
    return made;
  });
}

export const expressions = fc.oneof(...types.slice(0, 5).map((type) => expression(type, 4, []))).map((text) => text);
