// Attribute paths as they are typed and shown: `a.b."c d".0`.

const name = /^[A-Za-z_][\w'-]*$/;

export const keyText = (key: string | number) => (typeof key === 'string' && !name.test(key) ? JSON.stringify(key) : String(key));

export const pathText = (path: readonly (string | number)[]) => path.map(keyText).join('.');

/** `a.b."c d".0` as names and indices. */
export function parsePath(text: string): (string | number)[] {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[^.\s]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith('"')) return part.slice(1, -1).replace(/\\(.)/g, '$1');
    return /^\d+$/.test(part) ? Number(part) : part;
  });
}
