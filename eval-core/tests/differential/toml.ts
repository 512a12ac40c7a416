// Generators of TOML documents, right and wrong.
import fc from 'fast-check';
import { anyText, of, quoted } from './text.ts';

const printable = anyText.map((text) => text.replace(/\p{Cc}/gu, ''));
const basic = printable.map((text) => JSON.stringify(text));
const key = fc.oneof({ arbitrary: of('abc', 2).filter((text) => text !== ''), weight: 6 }, { arbitrary: basic, weight: 1 });
const dotted = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.'));

const scalar = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('0x1F', '0o17', '0b101', '1_000', '+5', '-0', '0', '1e3', '1.5', '-0.0', '6.626e-34', '3.14_15', 'true', 'false'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (/[.e]/.test(String(x)) ? String(x) : `${x}.0`)),
  basic,
  printable.map((text) => `'${text.replaceAll("'", '')}'`),
  of('ab \n', 6).map((text) => `"""${text}"""`),
  of('ab \n', 6).map((text) => `'''${text}'''`),
  fc.constantFrom('"\\u00e9"', '"\\U0001F600"', '"a\\tb"', '"""a\\\n  b"""'),
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((all) => `[ ${all.join(', ')} ]`),
    fc.array(tie('value'), { minLength: 1, maxLength: 2 }).map((all) => `[\n  ${all.join(',\n  ')}, # more\n]`),
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 3, selector: ([name]) => name })
      .map((all) => `{ ${all.map(([name, one]) => `${name} = ${one}`).join(', ')} }`),
  ),
}));
const line = fc.oneof(
  { arbitrary: fc.tuple(dotted, value).map(([name, one]) => `${name} = ${one}`), weight: 6 },
  { arbitrary: dotted.map((name) => `[${name}]`), weight: 2 },
  { arbitrary: dotted.map((name) => `[[${name}]]`), weight: 2 },
  { arbitrary: fc.constantFrom('', '# a comment', '  '), weight: 1 },
);
const documentText = fc.array(line, { maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`);
const brokenText = fc.tuple(documentText, fc.nat(), of('[]{}=."\'\n#,x', 2)).map(([text, at, more]) => {
  const i = at % (text.length + 1);
  return text.slice(0, i) + more + text.slice(i + 1);
});
const read = (text: string) => `builtins.fromTOML ${quoted(text)}`;

export const toml = documentText.map(read);
export const brokenToml = brokenText.map(read);
