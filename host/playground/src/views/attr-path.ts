// Attribute paths as they are typed and shown: `a.b."c d".0`.

const name = /^[A-Za-z_][\w'-]*$/;

export const keyText = (key: string | number) => (typeof key === 'string' && !name.test(key) ? JSON.stringify(key) : String(key));

export const pathText = (path: readonly (string | number)[]) => path.map(keyText).join('.');

/** A name in quotes: with JSON's escapes, which what is shown has, or typed with Nix's. */
function unquoted(part: string): string {
  try {
    return JSON.parse(part) as string;
  } catch {
    return part.slice(1, -1).replace(/\\(.)/g, '$1');
  }
}

/** `a.b."c d".0` as names and indices. */
export function parsePath(text: string): (string | number)[] {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[^.\s]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith('"')) return unquoted(part);
    return /^\d+$/.test(part) ? Number(part) : part;
  });
}
