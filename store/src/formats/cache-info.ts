/** `nix-cache-info`, what a binary cache says of itself (libstore/binary-cache-store.cc). */
import { StoreError } from '../errors.ts';

export interface CacheInfo {
  readonly storeDirectory?: string;
  /** Whether many lookups at once are welcome. */
  readonly wantMassQuery?: boolean;
  /** Lower is asked first. */
  readonly priority?: number;
}

/** Reads `Name: value` lines; what has no colon or another name is skipped. */
export function parseCacheInfo(text: string): CacheInfo {
  const info: { storeDirectory?: string; wantMassQuery?: boolean; priority?: number } = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const value = line.slice(colon + 1).trim();
    const name = line.slice(0, colon);
    if (name === 'StoreDir') info.storeDirectory = value;
    else if (name === 'WantMassQuery') info.wantMassQuery = value === '1';
    else if (name === 'Priority') info.priority = parsePriority(value);
  }
  return info;
}

function parsePriority(value: string): number {
  const [digits] = /^[+-]?[0-9]{1,9}/.exec(value) ?? [];
  if (digits === undefined) throw new StoreError('invalid', `nix-cache-info has the priority '${value}', which is no number`);
  return Number(digits);
}

export function formatCacheInfo({ storeDirectory, wantMassQuery, priority }: CacheInfo): string {
  const lines: string[] = [];
  if (storeDirectory !== undefined) lines.push(`StoreDir: ${storeDirectory}`);
  if (wantMassQuery !== undefined) lines.push(`WantMassQuery: ${wantMassQuery ? 1 : 0}`);
  if (priority !== undefined) lines.push(`Priority: ${priority}`);
  return lines.map((line) => `${line}\n`).join('');
}
