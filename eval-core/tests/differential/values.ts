// Generators of expressions about one kind of value.
import fc from 'fast-check';
import { anyText, call, list, of, parenthesised, quoted, small } from './text.ts';

const text = anyText.map(quoted);
const short = of('ab', 3).map(quoted);

export const strings = fc.oneof(
  text,
  call('stringLength', text),
  call('substring', small(0, 8), small(-2, 8), text),
  call('concatStringsSep', text, list(text)),
  fc.array(fc.tuple(short, short), { maxLength: 3 }).chain((pairs) => {
    const side = (i: 0 | 1) => fc.constant(`[ ${pairs.map((pair) => pair[i]).join(' ')} ]`);
    return call('replaceStrings', side(0), side(1), of('abc', 8).map(quoted));
  }),
  call('hashString', fc.constantFrom('"md5"', '"sha1"', '"sha256"', '"sha512"'), text),
  call('toJSON', text),
  call('toXML', text),
  fc.tuple(text, fc.constantFrom('<', '<=', '==', '!=', '+'), text).map((parts) => parts.join(' ')),
  fc.tuple(text, text).map(([name, value]) => `{ ${name} = ${value}; }`),
  fc.tuple(anyText, anyText).map(([a, b]) => `"\${${quoted(a)}}${quoted(b).slice(1, -1)}"`),
  anyText.map((body) => `''${body.replaceAll("'", '').replaceAll('$', '').replaceAll('\r', '')}''`),
  call('unsafeDiscardStringContext', text),
);

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '[a-b]', '[[:alpha:]]', '[]a]', '\\.', '^', '$', '()', 'c');
const repeat = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}');
/** Nix's matcher takes exponential time for what repeats without end and repeats inside. */
const finite = (what: string, times: string) => (/^\((.*[*+?}^$].*|.*\(\).*|)\)$/.test(what) && /[*+,]}?$/.test(times) ? '?' : times);
const { pattern } = fc.letrec<{ pattern: string; piece: string; branch: string }>((tie) => ({
  piece: fc
    .tuple(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        tie('pattern').map((inner) => `(${inner})`),
      ),
      repeat,
    )
    .map(([what, times]) => (what === '^' || what === '$' ? what : what + finite(what, times))),
  branch: fc.array(tie('piece'), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 2 }).map((branches) => branches.join('|')),
}));
const subject = of('aabbc.', 7).map(quoted);
const anyPattern = fc.oneof({ arbitrary: pattern, weight: 12 }, { arbitrary: of('ab()[]{}*+?|^$\\.,1-:', 6), weight: 1 }).map(quoted);
export const regularExpressions = fc.oneof(call('match', anyPattern, subject), call('split', anyPattern, subject));

function floatLiteral(x: number): string {
  const literal = x === 0 ? '0.0' : Math.abs(x).toExponential(16);
  return x < 0 ? `(-${literal})` : literal;
}
const normal = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => Math.abs(x) > 1e-300 || x === 0);
const near = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.constantFrom(1, 2, 3, 7, 8, 10, 1000, 1e7))
  .map(([n, d]) => n / d);
const float = fc
  .oneof(
    normal,
    near,
    fc.float({ noNaN: true, noDefaultInfinity: true }).filter((x) => Math.abs(x) > 1e-37),
  )
  .map(floatLiteral);
const integer = fc.oneof(small(-20, 20), fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }).map(parenthesised));
const number = fc.oneof(float, float, integer);
export const floats = fc.oneof(
  float,
  fc.tuple(number, fc.constantFrom('+', '-', '*', '<', '>=', '=='), number).map((parts) => parts.join(' ')),
  fc.tuple(number, number).map(([a, b]) => `${a} / ${b}`),
  call('toString', number),
  call('toJSON', number),
  call('fromJSON', fc.oneof(normal.map(String), near.map(String), of('0123456789.eE+-', 8)).map(quoted)),
  fc.tuple(fc.constantFrom('floor', 'ceil'), near).map(([name, x]) => `builtins.${name} ${floatLiteral(x)}`),
  call('toXML', float),
);

const key = fc.oneof(of('abz', 3), anyText);
const jsonText = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.dictionary(key, fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double({ noNaN: true }))).map((value) => JSON.stringify(value, null, 1)),
);
const clean = (json: string) => !/\\u(0000|d[89a-f])/i.test(json) && !json.includes('\0');
const broken = fc.tuple(jsonText, fc.nat(), of('{}[]:,"\\tfn01e.-', 2)).map(([json, at, more]) => {
  const i = at % (json.length + 1);
  return json.slice(0, i) + more + json.slice(i + 1);
});
const goodJson = jsonText.filter(clean).map(quoted);
export const json = fc.oneof(
  call('fromJSON', goodJson),
  call('fromJSON', goodJson).map((value) => `builtins.toJSON (${value})`),
  call('fromJSON', goodJson).map((value) => `builtins.toXML (${value})`),
);
export const brokenJson = call('fromJSON', broken.filter(clean).map(quoted));

const version = fc.oneof(
  of('0123.', 8),
  of('01a.-_+pre', 10),
  fc.constantFrom('1.0', '1.0pre1', 'a-1', 'foo-bar-1.2', '-', '2.3.1-rc2', '00.1'),
);
const name = fc.tuple(of('ab-', 4), version).map(([a, b]) => `${a}-${b}`);
export const versions = fc.oneof(
  call('compareVersions', version.map(quoted), version.map(quoted)),
  call('splitVersion', version.map(quoted)),
  call('parseDrvName', fc.oneof(name, version).map(quoted)),
);

const pathText = of('/a.b', 9);
const literal = fc
  .array(fc.constantFrom('a', 'b.c', '..', '.', 'x-1'), { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.join('/')}`);
export const paths = fc.oneof(
  literal,
  literal.map((path) => `.${path}`).map((path) => `baseNameOf ${path}`),
  fc.tuple(literal, pathText.map(quoted)).map((parts) => parts.join(' + ')),
  fc.tuple(literal, literal).map((parts) => parts.join(' + ')),
  call('baseNameOf', fc.oneof(pathText.map(quoted), literal)),
  call('dirOf', fc.oneof(pathText.map(quoted), literal)),
  call('toString', literal),
  fc.tuple(literal, of('ab./', 4)).map(([path, more]) => `${path}/\${${quoted(more)}}`),
  call(
    'pathExists',
    pathText.map((tail) => quoted(`/nowhere/${tail}`)),
  ),
  fc.tuple(literal, fc.constantFrom('<', '=='), literal).map((parts) => parts.join(' ')),
  fc.tuple(pathText, pathText).map(([a, b]) => `/. + ${quoted(a)} + ${quoted(b)}`),
);
