// The graph of a derivation's inputs, drawn: a column for each step from the derivation, nearest first.
import type { DerivationView } from '@vixen/host';
import { svg } from '../dom.ts';

type Graph = DerivationView['graph'];
type GraphNode = Graph['nodes'][number];

const column = 210;
const line = 30;
const box = { width: 160, height: 22 };
const margin = 8;
const longest = 22;

interface Spot {
  node: GraphNode;
  x: number;
  y: number;
}

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** A place for each node: in its column, near those that use it. */
function spots({ nodes, edges }: Graph): Map<string, Spot> {
  const users = new Map<string, string[]>();
  for (const { from, to } of edges) users.set(to, [...(users.get(to) ?? []), from]);
  const columns: GraphNode[][] = [];
  for (const node of nodes) {
    const members = columns[node.depth] ?? [];
    members.push(node);
    columns[node.depth] = members;
  }
  const found = new Map<string, Spot>();
  columns.forEach((members, depth) => {
    const wish = ({ id }: GraphNode) => {
      const places = (users.get(id) ?? []).map((user) => found.get(user)?.y ?? 0);
      return places.reduce((sum, y) => sum + y, 0) / Math.max(1, places.length);
    };
    const sorted = members.map((node) => ({ node, at: wish(node) })).sort((a, b) => a.at - b.at);
    sorted.forEach(({ node }, i) => found.set(node.id, { node, x: margin + depth * column, y: margin + i * line }));
  });
  return found;
}

function edgeView(from: Spot, to: Spot): SVGElement {
  // Inputs in the same column or before it are met by a bow.
  const [x1, y1] = [from.x + box.width, from.y + box.height / 2];
  const [x2, y2] = [to.x, to.y + box.height / 2];
  const bend = Math.max(30, Math.abs(x2 - x1) / 2);
  return svg('path', { class: 'edge', d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` });
}

function nodeView({ node, x, y }: Spot): SVGElement {
  return svg(
    'g',
    { class: `node ${node.kind}`, transform: `translate(${x},${y})` },
    svg('title', {}, node.id),
    svg('rect', { width: box.width, height: box.height, rx: 4 }),
    svg('text', { x: 6, y: 15 }, shortened(node.name)),
  );
}

export function graphView(graph: Graph): SVGElement {
  const places = spots(graph);
  let [width, height] = [0, 0];
  for (const { x, y } of places.values()) {
    width = Math.max(width, x + box.width + margin);
    height = Math.max(height, y + box.height + margin);
  }
  const edges = graph.edges.flatMap(({ from, to }) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a && b ? [edgeView(a, b)] : [];
  });
  const label = `Graph of inputs: ${graph.nodes.length} nodes, ${graph.edges.length} edges`;
  return svg(
    'svg',
    { class: 'graph', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    ...edges,
    ...[...places.values()].map(nodeView),
  );
}
