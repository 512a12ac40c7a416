// What git's commands say, read.
import { decodeText } from '@vixen/eval-core';

export const trimmed = (output: Buffer) => decodeText(output).trim();
/** Records that each end with a NUL (`-z`). */
export const records = (output: Buffer) => decodeText(output).split('\0').slice(0, -1);

/** Paths and URLs of `.gitmodules` (gitmodules(5)). */
export function submoduleUrls(config: string): Map<string, string> {
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const line of config.split('\n')) {
    const found = /^submodule\.(.*)\.(path|url)=(.*)$/.exec(line);
    if (!found) continue;
    const [, name = '', field = '', value = ''] = found;
    modules.set(name, { ...modules.get(name), [field]: value });
  }
  const found = [...modules.values()].filter((entry) => entry.path !== undefined && entry.url !== undefined);
  return new Map(found.map((entry) => [entry.path!, entry.url!]));
}

/** A submodule's `../x` from the repository that it stands in (gitmodules(5), `submodule.<name>.url`). */
export function relativeUrl(base: string, url: string): string {
  const parts = base.replace(/\/$/, '').split('/');
  for (const part of url.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const joined = parts.join('/');
  return joined.startsWith('/') ? `file://${joined}` : joined;
}

/** The names in a tar archive, without the slash of folders (POSIX pax, "ustar Interchange Format"). */
export function* archivedNames(tar: Buffer): Generator<string> {
  const field = (start: number, length: number) => tar.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  let longName: string | undefined;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12).trim() || '0', 8);
    const type = String.fromCharCode(tar[at + 156]!);
    const body = tar.subarray(at + 512, at + 512 + size);
    if (type === 'x') longName = /\d+ path=(.*)\n/.exec(body.toString('utf8'))?.[1] ?? longName;
    else if (type !== 'g') {
      const prefix = field(at + 345, 155);
      yield (longName ?? (prefix === '' ? '' : `${prefix}/`) + field(at, 100)).replace(/\/$/, '');
      longName = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
