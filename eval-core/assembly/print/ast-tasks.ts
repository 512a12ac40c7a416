/**
 * The stack of what is still to be printed of a syntax tree: tasks of three words.
 *
 *   | task | address or symbol | rest |
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { PR_CAP, PR_STACK, PR_TOP } from '../syntax/state';

export const enum Task {
  /** a literal */
  Text,
  /** a node */
  Expr,
  /** words left to do: address, number */
  Items,
  Arguments,
  Parts,
  Formals,
  Path,
  Bindings,
  Dynamic,
}

export const TASK_BYTES: u32 = 12;

export function push(task: Task, a: usize, b: u32): void {
  const top = load<u32>(PR_TOP);
  if (top + TASK_BYTES > load<u32>(PR_CAP)) grow();
  const at = <usize>load<u32>(PR_STACK) + top;
  store<u32>(at, task);
  store<u32>(at, <u32>a, 4);
  store<u32>(at, b, 8);
  store<u32>(PR_TOP, top + TASK_BYTES);
}

function grow(): void {
  const cap = load<u32>(PR_CAP);
  const want: u32 = cap ? cap * 2 : 65536;
  const data = pagesAlloc(want);
  if (cap) {
    memory.copy(data, <usize>load<u32>(PR_STACK), cap);
    pagesFree(<usize>load<u32>(PR_STACK), cap);
  }
  store<u32>(PR_STACK, <u32>data);
  store<u32>(PR_CAP, want);
}

// @ts-ignore: decorator
@inline
export function later(text: string): void {
  push(Task.Text, changetype<usize>(text), 0);
}

// @ts-ignore: decorator
@inline
export function laterExpr(node: usize): void {
  push(Task.Expr, node, 0);
}

// @ts-ignore: decorator
@inline
export function child(node: usize, field: usize): usize {
  return <usize>load<u32>(node + field);
}
