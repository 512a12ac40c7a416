/** The symbols of a rule, counted from 0: `at` is the entry of the first, which takes the value of the rule. */
import { symbolIntern } from '../value/symbols';
import { ENTRY, E_BEGIN, E_SECOND, E_VALUE } from './stack';

// @ts-ignore: decorator
@inline
export function value(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_VALUE);
}
// @ts-ignore: decorator
@inline
export function node(at: usize, i: usize): usize {
  return <usize>load<u32>(at + i * ENTRY, E_VALUE);
}
// @ts-ignore: decorator
@inline
export function second(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_SECOND);
}
// @ts-ignore: decorator
@inline
export function beginOf(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_BEGIN);
}
// @ts-ignore: decorator
@inline
export function internAt(at: usize, i: usize): u32 {
  return symbolIntern(node(at, i), second(at, i));
}
// @ts-ignore: decorator
@inline
export function yields(at: usize, result: usize): bool {
  store<u32>(at, <u32>result, E_VALUE);
  return true;
}
