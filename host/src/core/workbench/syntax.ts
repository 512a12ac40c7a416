// Syntax trees for editors: offsets in UTF-16 units, children in the order of the source.
import type { TreeNode } from '@vixen/eval-core';
import { tokenLength, unitOffsets } from './sources.ts';
import type { Range, SyntaxNode } from './types.ts';

/** The children of each node, those of the root's parent under -1, in the order of the source. */
function childrenOf(nodes: readonly TreeNode[]): Map<number, number[]> {
  const children = new Map<number, number[]>();
  nodes.forEach(({ parent }, i) => {
    const siblings = children.get(parent);
    if (siblings) siblings.push(i);
    else children.set(parent, [i]);
  });
  // What stands nowhere stays where the tree has it: behind the one before it.
  const at = (i: number) => nodes[i]?.begin;
  for (const siblings of children.values()) siblings.sort((a, b) => (at(a) ?? at(b) ?? 0) - (at(b) ?? at(a) ?? 0));
  return children;
}

/** Byte offsets in UTF-16 units. */
function inUnits(nodes: readonly TreeNode[], text: string): Map<number, number> {
  const offsets = new Set<number>();
  for (const { begin, end } of nodes) for (const offset of [begin, end]) if (offset !== undefined) offsets.add(offset);
  const sorted = [...offsets].sort((a, b) => a - b);
  const units = unitOffsets(text, sorted);
  return new Map(sorted.map((offset, i) => [offset, units[i]!]));
}

/** A node reaches as far as what is below it: its end may not be known, or it is a set that was written in several parts. */
function widen(nodes: SyntaxNode[]) {
  for (let i = nodes.length - 1; i > 0; i--) {
    const { parent, range } = nodes[i]!;
    const above = nodes[parent];
    if (!range || !above) continue;
    const { from, to } = above.range ?? range;
    above.range = { from: Math.min(from, range.from), to: Math.max(to, range.to) };
  }
}

export function syntaxNodes(nodes: readonly TreeNode[], text: string): SyntaxNode[] {
  const children = childrenOf(nodes);
  const units = inUnits(nodes, text);
  const found: SyntaxNode[] = [];
  const range = ({ begin, end }: TreeNode): Range | undefined => {
    if (begin === undefined) return undefined;
    const from = units.get(begin)!;
    return { from, to: end === undefined ? from + tokenLength(text, from) : units.get(end)! };
  };
  const todo: [node: number, parent: number][] = (children.get(-1) ?? []).map((i) => [i, -1]);
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [i, parent] = next;
    const node = nodes[i]!;
    const index = found.push({ kind: node.kind, parent, role: node.role, text: node.text, range: range(node) }) - 1;
    for (const child of (children.get(i) ?? []).reverse()) todo.push([child, index]);
  }
  widen(found);
  return found;
}
