// Generators about names: few of them, so that they shadow, recur, clash and are missing.
import fc from 'fast-check';
import { among, t } from './text.ts';

const name = among('a', 'b', 'c');
const pathOf = fc.oneof(
  { arbitrary: name, weight: 4 },
  { arbitrary: t`${name}.${name}`, weight: 3 },
  { arbitrary: t`${name}.${name}.${name}`, weight: 1 },
);
const anyName = fc.oneof(
  { arbitrary: pathOf, weight: 8 },
  { arbitrary: t`"${name}"`, weight: 1 },
  { arbitrary: t`\${"${name}"}`, weight: 1 },
  { arbitrary: t`${name}.\${"${name}"}`, weight: 1 },
  { arbitrary: among('__overrides', '__functor', '__toString', 'outPath', '${null}', 'or', 'type'), weight: 1 },
);
/** The two would say different times. */
const withoutTime = '(removeAttrs builtins [ "builtins" "currentTime" ])';

const { expression } = fc.letrec<{ expression: string; bindings: string; small: string }>((tie) => {
  const e = tie('expression');
  const bindings = tie('bindings');
  return {
    small: fc.oneof(name, name, name, among('1', '2', '"s"', '[ ]', '{ }', 'null', 'throw "t"', '__curPos', withoutTime, 'true')),
    bindings: fc
      .array(
        fc.oneof(
          { arbitrary: t`${anyName} = ${e};`, weight: 6 },
          { arbitrary: t`inherit ${name};`, weight: 1 },
          { arbitrary: t`inherit (${e}) ${name} ${name};`, weight: 1 },
        ),
        { maxLength: 4 },
      )
      .map((all) => all.join(' ')),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('small'),
      t`(let ${bindings} in ${e})`,
      t`(let { ${bindings} body = ${e}; })`,
      t`rec { ${bindings} }`,
      t`{ ${bindings} }`,
      t`(with ${e}; ${e})`,
      t`(${name}: ${e}) ${e}`.map((text) => `(${text})`),
      t`(({ ${name} ? ${e}, ${name}, ... }: ${e}) { ${bindings} })`,
      t`(({ ${name} ? ${e} }@${name}: ${e}) { ${bindings} })`,
      t`(${name}@{ ${name}, ${name} }: ${e})`,
      t`(${e} // ${e})`,
      t`${tie('small')}.${pathOf}`,
      t`(${e}).${pathOf} or (${e})`,
      t`(${e} ? ${pathOf})`,
      t`(${name} ${e})`,
      t`(builtins.seq ${e} (${e}))`,
      t`(if ${e} == ${e} then ${e} else ${e})`,
      t`(builtins.tryEval (${e}))`,
      t`"\${${e}}"`,
      t`[ (${e}) (${e}) ]`,
      t`(assert ${e} == ${e}; ${e})`,
      t`(builtins.unsafeGetAttrPos "a" (${e}))`,
      t`(builtins.mapAttrs (a: b: ${e}) (${e}))`,
      t`(builtins.functionArgs (${e}))`,
    ),
  };
});
// Mostly bound: of several undefined variables each evaluator may name another first.
export const scopes = fc.oneof(
  {
    arbitrary: expression.map((text) => `let a = { b = 1; c.a = "d"; }; b = { inherit a; c = x: x; }; c = x: [ x ]; in ${text}`),
    weight: 9,
  },
  { arbitrary: t`${among('a: b:', 'b:', '{ a, c }:')} ${expression}`, weight: 1 },
);
