import { LX_AT, LX_BEGIN, LX_FINISH, LX_LAST_BEGIN, LX_LAST_FINISH, SX_DELTA } from './state';

/** Returned instead of a token after an error. */
export const LEX_FAILED: u32 = 255;

/** Ends a match that began at LX_BEGIN before the address `q`; returns the token. */
// @ts-ignore: decorator
@inline
export function matched(q: usize, token: u32): u32 {
  store<u32>(LX_AT, <u32>q);
  store<u32>(LX_FINISH, <u32>q + load<u32>(SX_DELTA));
  return token;
}

/** Begins a match at the address `p` outside of code, where nothing is skipped before it. */
// @ts-ignore: decorator
@inline
export function matchBegin(p: usize): void {
  store<u32>(LX_LAST_BEGIN, load<u32>(LX_BEGIN));
  store<u32>(LX_LAST_FINISH, load<u32>(LX_FINISH));
  store<u32>(LX_BEGIN, <u32>p + load<u32>(SX_DELTA));
}
