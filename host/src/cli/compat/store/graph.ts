// `nix-store --query --graph` and `--graphml`: references as Graphviz and GraphML documents.
import { closureInfos, type PathInfo, type Store } from '@vixen/store';

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const nameOf = (path: string) => baseName(path).slice(33);

/** Paths with what is known of them: the smallest that is not done, then what it refers to. */
async function walk(store: Store, roots: readonly string[], signal: AbortSignal): Promise<PathInfo[]> {
  const infos = await closureInfos(store, roots, { signal });
  const waiting = new Set(roots);
  const order: PathInfo[] = [];
  const done = new Set<string>();
  while (waiting.size > 0) {
    const path = [...waiting].reduce((a, b) => (a < b ? a : b));
    waiting.delete(path);
    done.add(path);
    const info = infos.get(path)!;
    order.push(info);
    for (const reference of info.references) if (!done.has(reference)) waiting.add(reference);
  }
  return order;
}

const colours = ['black', 'red', 'green', 'blue', 'magenta', 'burlywood'];

const others = ({ path, references }: PathInfo) => references.filter((reference) => reference !== path);

/** Graphviz, an arrow from each reference to what refers to it. */
export async function dotGraph(store: Store, roots: readonly string[], signal: AbortSignal): Promise<string> {
  let text = 'digraph G {\n';
  let edges = 0;
  for (const info of await walk(store, roots, signal)) {
    const id = baseName(info.path);
    text += `"${id}" [label = "${nameOf(info.path)}", shape = box, style = filled, fillcolor = "#ff0000"];\n`;
    for (const reference of others(info)) text += `"${baseName(reference)}" -> "${id}" [color = "${colours[edges++ % colours.length]}"];\n`;
  }
  return `${text}}\n`;
}

const head = `<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns='http://graphml.graphdrawing.org/xmlns'
    xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'
    xsi:schemaLocation='http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd'>
<key id='narSize' for='node' attr.name='narSize' attr.type='long'/><key id='name' for='node' attr.name='name' attr.type='string'/><key id='type' for='node' attr.name='type' attr.type='string'/><graph id='G' edgedefault='directed'>
`;

/** GraphML (http://graphml.graphdrawing.org), an edge from what refers to the reference. */
export async function graphMl(store: Store, roots: readonly string[], signal: AbortSignal): Promise<string> {
  let text = head;
  for (const info of await walk(store, roots, signal)) {
    const id = baseName(info.path);
    const name = nameOf(info.path);
    const dash = name.indexOf('-');
    text += `  <node id="${id}">\n    <data key="narSize">${info.narSize}</data>\n`;
    text += `    <data key="name">${dash < 0 ? '' : name.slice(0, dash + 1)}</data>\n`;
    text += `    <data key="type">${id.endsWith('.drv') ? 'derivation' : 'output-path'}</data>\n  </node>\n`;
    for (const reference of others(info)) text += `  <edge source="${id}" target="${baseName(reference)}"/>\n`;
  }
  return `${text}</graph>\n</graphml>\n`;
}
