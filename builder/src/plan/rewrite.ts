/** Replacing texts by others, as Nix's `rewriteStrings` does: one replacement after the other, each everywhere. */
export type Rewrites = ReadonlyMap<string, string>;

export function rewriteText(text: string, rewrites: Rewrites): string {
  let rewritten = text;
  for (const [from, to] of rewrites) if (rewritten.includes(from)) rewritten = rewritten.replaceAll(from, () => to);
  return rewritten;
}
