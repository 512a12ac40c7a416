/** How a value is coerced to a string: flags of Op.Coerce and of the builtins that coerce. */

export const COERCE_MORE: u32 = 1;
export const COERCE_COPY: u32 = 2;
export const COERCE_CANON: u32 = 4;
