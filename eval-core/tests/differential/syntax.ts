// Generators of what a parser meets: tokens in any order, and good expressions with something wrong.
import fc from 'fast-check';
import { operators } from './builtins.ts';
import { expressions } from './expressions.ts';
import { scopes } from './scopes.ts';
import { among, t } from './text.ts';

const token = among(
  ..."if then else let in rec with inherit assert or import null true a b x-1 _x' 1 0 12 007 1.5 .5 1e3 1.e3 9223372036854775808 ( ) [ ] { } ; : , . .. ... @ = == != ! < > <= >= -> + - * / // ++ && || |> <| ? $ ${ } ~/x <nixpkgs/a> <a ./p ../p/q /p p/q p/ a:b http://x.y/?z#".split(
    ' ',
  ),
  '"s"',
  '"${a}"',
  '"\\n\\${"',
  '"',
  "''t''",
  "''\n  a\n   ${x}\n''",
  "''",
  '# c\n',
  '/* c */',
  '/*',
  '\n',
  '\t',
  '\r\n',
  '\\',
  '`',
  '%',
  '&',
  '|',
  '^',
  'é',
  './a${b}c',
  '__curPos',
);
const soup = fc.array(fc.tuple(token, among('', ' ', ' ')), { minLength: 1, maxLength: 9 }).map((all) => all.flat().join(''));

const good = fc.oneof(scopes, operators, expressions);
/** One token more, less or instead. */
const wrong = fc.tuple(good, fc.nat(), fc.nat({ max: 3 }), token).map(([text, at, removed, more]) => {
  const pieces = text.split(/(?<=[^\w])|(?=[^\w])/);
  pieces.splice(at % (pieces.length + 1), removed, more);
  return pieces.join('');
});
const ws = among('', ' ', '\n', '\n\n', '  ', '\t', ' # c\n', '/**/', '\r\n');
const indentedPiece = among(
  'a',
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\n\n',
  '\t',
  '${"x"}',
  '${"\n y"}',
  "'''",
  "''$",
  "''${",
  "''\\n",
  "''\\t",
  '$',
  '$$',
  '"',
  '\\',
  '${toString 1}',
  '\r\n',
  "'",
);
const indented = fc.array(indentedPiece, { maxLength: 8 }).map((all) => `''${all.join('')}''`);
const plainPiece = among(
  'a',
  ' ',
  '\n',
  '\\n',
  '\\\\',
  '\\"',
  '$',
  '$$',
  '${"x"}',
  '\\${',
  '$${',
  '\r',
  '\r\n',
  '\\q',
  "''",
  '${toString [ 1 ]}',
  'é',
  '\t',
);
const plain = fc.array(plainPiece, { maxLength: 8 }).map((all) => `"${all.join('')}"`);
const pathPiece = among('a', '/', '.', '..', '-', '_', '+', '${"b"}', '${x}', '~', '1', ' ');
const pathLike = fc
  .tuple(among('./', '/', '~/', 'a/', '<', ''), fc.array(pathPiece, { maxLength: 5 }))
  .map(([first, all]) => `let x = "y"; in ${first}${all.join('')}`);
const numberPiece = among('0', '1', '9', '.', 'e', 'E', '-', '+', '_', ' ', '00', '9223372036854775807');
const numeric = fc.array(numberPiece, { minLength: 1, maxLength: 5 }).map((all) => all.join(''));
const spaced = t`{${ws}a${ws}=${ws}[${ws}1${ws}(${ws}x${ws}:${ws}x${ws})${ws}]${ws};${ws}}${ws}.a`;

export const syntax = fc.oneof({ arbitrary: soup, weight: 3 }, { arbitrary: wrong, weight: 3 }, indented, plain, pathLike, numeric, spaced);
