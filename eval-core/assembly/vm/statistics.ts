/** What the machine counts for NIX_SHOW_STATS. */
import { ST_STATS } from '../heap/state';

export const STAT_CALLS: usize = ST_STATS + 0;
export const STAT_THUNKS: usize = ST_STATS + 4;
export const STAT_LOOKUPS: usize = ST_STATS + 8;
export const STAT_UPDATES: usize = ST_STATS + 12;
export const STAT_PRIMOPS: usize = ST_STATS + 16;
/** environments that no call made */
export const STAT_LOCAL_ENVS: usize = ST_STATS + 20;
export const STAT_ENV_SLOTS: usize = ST_STATS + 24;

// @ts-ignore: decorator
@inline
export function count(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}
// @ts-ignore: decorator
@inline
export function countMany(at: usize, n: u32): void {
  store<u32>(at, load<u32>(at) + n);
}
