// Search paths: `NIX_PATH`, `-I` and their entries (libexpr/eval-settings.cc, search-path.cc).

/** `prefix=value`; without a prefix the value is a folder in which names are looked up. */
export interface SearchPathEntry {
  prefix: string;
  value: string;
}

const schemes = new Set(['http', 'https', 'file', 'channel', 'git', 's3', 'ssh']);

/** Whether a search path's value is a URL rather than a path. */
export function isPseudoUrl(text: string): boolean {
  if (text.startsWith('channel:')) return true;
  const end = text.indexOf('://');
  return end >= 0 && schemes.has(text.slice(0, end));
}

/** What is to be downloaded for such a value. */
export function pseudoUrlTarget(text: string): string {
  return text.startsWith('channel:') ? `https://channels.nixos.org/${text.slice('channel:'.length)}/nixexprs.tar.xz` : text;
}

/** Splits at colons, but not at those of URLs. */
export function splitNixPath(text: string): string[] {
  const entries: string[] = [];
  let p = 0;
  while (p < text.length) {
    const start = p;
    let value = p;
    for (; p < text.length && text[p] !== ':'; p++) if (text[p] === '=') value = p + 1;
    if (p === text.length) {
      entries.push(text.slice(start));
      break;
    }
    const rest = text.slice(value);
    if (isPseudoUrl(rest) || rest.startsWith('flake:')) {
      const end = text.indexOf(':', p + 1);
      p = end < 0 ? text.length : end;
    }
    entries.push(text.slice(start, p));
    p += 1;
  }
  return entries;
}

export function parseSearchPathEntry(text: string): SearchPathEntry {
  const equals = text.indexOf('=');
  return { prefix: text.slice(0, Math.max(equals, 0)), value: text.slice(equals + 1) };
}
