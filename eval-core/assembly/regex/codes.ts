/** Codes that the rooms of the engine and its callers share. */

/** The expression is not a POSIX extended one. */
export const REGEX_INVALID: i32 = -1;
/** It needs more states, or its match more memory, than is allowed. */
export const REGEX_MEMORY: i32 = -2;

/** There is text before the start: `^` does not match there (`match_prev_avail`). */
export const REGEX_PREV_AVAIL: u32 = 1;
/** An empty match at the start does not count (`match_not_null`). */
export const REGEX_NOT_NULL: u32 = 2;
/** Only a match at the start counts (`match_continuous`). */
export const REGEX_CONTINUOUS: u32 = 4;
