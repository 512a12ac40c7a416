/** `.attrs.sh`: structured attributes as bash reads them (libstore/parsed-derivations.cc, writeShell). */
import { byName, isArray, isObject, type Json, JsonNumber, type JsonObject } from './json.ts';

/** What can be said in bash is declared; names that are no variables', and values that are nested deeper, are left out. */
export function attributesAsShell(attributes: JsonObject): string {
  return byName(attributes).map(declaration).join('');
}

function declaration([name, value]: [string, Json]): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return '';
  const simple = shellValue(value);
  if (simple !== undefined) return `declare ${name}=${simple}\n`;
  if (isArray(value)) {
    const items = value.map(shellValue);
    return items.includes(undefined) ? '' : `declare -a ${name}=(${items.map((item) => `${item} `).join('')})\n`;
  }
  if (!isObject(value)) return '';
  const items = byName(value).map(([key, inner]) => [quoteShell(key), shellValue(inner)] as const);
  if (items.some(([, item]) => item === undefined)) return '';
  return `declare -A ${name}=(${items.map(([key, item]) => `[${key}]=${item} `).join('')})\n`;
}

function shellValue(value: Json): string | undefined {
  if (value === null) return "''";
  if (typeof value === 'string') return quoteShell(value);
  if (typeof value === 'boolean') return value ? '1' : '';
  return value instanceof JsonNumber ? shellNumber(value) : undefined;
}

/** Nix asks a 32-bit float whether the number is whole, and prints a 32-bit integer. */
function shellNumber(number: JsonNumber): string | undefined {
  const single = Math.fround(Number(number.text));
  if (!Number.isInteger(single)) return single === Number.POSITIVE_INFINITY || single === Number.NEGATIVE_INFINITY ? intMin : undefined;
  if (number.isInteger) return String(BigInt.asIntN(32, BigInt(number.text)));
  const whole = Math.trunc(Number(number.text));
  return whole < -(2 ** 31) || whole >= 2 ** 31 ? intMin : String(whole === 0 ? 0 : whole);
}

// What x86's conversion makes of a number that does not fit.
const intMin = String(-(2 ** 31));

/** One word of a POSIX shell, whatever it holds. */
export const quoteShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
