/**
 * Arguments of a simple builtin: the machine passes the address of the first argument; they lie downwards, as they were
 * pushed on the operand stack.
 */
// @ts-ignore: decorator
@inline
export function arg(a: usize, i: u32): usize {
  return <usize>load<u32>(a - ((<usize>i) << 2));
}
