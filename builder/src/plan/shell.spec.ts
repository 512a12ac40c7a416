import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, JsonNumber, parseJson, printJson } from './json.ts';
import { attributesAsShell } from './shell.ts';

const shellOf = (text: string) => attributesAsShell(parseJson(text) as ReadonlyMap<string, Json>);

// What Nix 2.34.8 wrote for the same attributes.
test.each([
  ['{"b":true,"a":false,"c":null}', "declare a=\ndeclare b=1\ndeclare c=''\n"],
  ['{"x":"it\'s"}', "declare x='it'\\''s'\n"],
  ['{"i":1,"f":2.5,"w":2.0,"m":3000000000,"n":-1}', 'declare i=1\ndeclare m=-1294967296\ndeclare n=-1\ndeclare w=2\n'],
  ['{"l":[1,"a b",null,true,false]}', "declare -a l=(1 'a b' '' 1  )\n"],
  ['{"l":[],"s":{}}', 'declare -a l=()\ndeclare -A s=()\n'],
  ['{"s":{"b":"x","a":1}}', "declare -A s=(['a']=1 ['b']='x' )\n"],
  ['{"deep":{"a":{"b":1}},"list":[[1]],"half":[1.5]}', ''],
  ['{"bad-name":1,"0x":1,"":1,"a\\nb":1,"_ok":1}', 'declare _ok=1\n'],
])('%s', (text, shell) => {
  expect(shellOf(text)).toBe(shell);
});

const bash = spawnSync('bash', ['-c', 'declare -A x']).status === 0;

test.skipIf(!bash)('bash reads what was written, whatever it holds', () => {
  const text = fc.string({ unit: fc.constantFrom(...'\'"\\$`!\n\t ;&|()[]{}<>*?~#=-a1é→'), maxLength: 30 });
  const texts = fc.sample(text, 300);
  const attributes = new Map<string, Json>([
    ['list', texts],
    ['set', new Map(texts.map((value, i) => [`${i}${value}`, value]))],
    ...texts.map((value, i): [string, Json] => [`v${i}`, value]),
  ]);
  const names = texts.map((_, i) => `"$v${i}"`).join(' ');
  const script = `${attributesAsShell(attributes)}printf '%s\\0' "\${#set[@]}" "\${list[@]}" ${names}`;
  const [count, ...read] = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0');
  expect(read).toEqual([...texts, ...texts, '']);
  expect(Number(count)).toBe(texts.length);
});

const anyJson = fc.jsonValue({ maxDepth: 4 });

test('JSON is read and written as it was', () => {
  const survives = (value: unknown) => {
    const text = JSON.stringify(value);
    expect(JSON.parse(printJson(parseJson(text)))).toEqual(JSON.parse(text));
  };
  fc.assert(fc.property(anyJson, survives));
  expect(printJson(parseJson(' { "b" : 1.0 , "a" : [ 9223372036854775807 , -0.5e-3 ] } '))).toBe(
    '{"a":[9223372036854775807,-0.5e-3],"b":1.0}',
  );
  expect(printJson(new JsonNumber('1.0'))).toBe('1.0');
});

test.each(['', '{', '[1,]', '{"a" 1}', '01', '"a', 'nul', '[1]]', '"\\x"', '"\n"', '['.repeat(2000)])('%j is refused', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
