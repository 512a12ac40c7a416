// A derivation and what it is made of, from the store in memory.
import { decodeText } from '@vixen/eval-core';
import { type Derivation, type DerivationOutput, parseDerivation } from '@vixen/store/derivation';
import { formatHash } from '@vixen/wasm';
import type { EvalStore } from '../io.ts';
import type { DerivationGraphEdge, DerivationGraphNode, DerivationOutputData, DerivationView } from './types.ts';

const namePart = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/^[0-9a-z]{32}-/, '');
const derivationName = (path: string) => namePart(path).replace(/\.drv$/, '');

function outputData(name: string, output: DerivationOutput): DerivationOutputData {
  const path = 'path' in output ? output.path : undefined;
  const hash = output.type === 'fixed' ? `${output.method}:${formatHash(output.hash, 'sri')}` : undefined;
  return { name, type: output.type, path, hash };
}

/** Derivations of a store, each read once; undefined for what is not in it. */
class Reader {
  readonly #store: EvalStore;
  readonly #known = new Map<string, { derivation: Derivation; text: string } | undefined>();

  constructor(store: EvalStore) {
    this.#store = store;
  }

  async read(path: string): Promise<{ derivation: Derivation; text: string } | undefined> {
    if (this.#known.has(path)) return this.#known.get(path);
    const found = (await this.#store.isValid(path)) ? await this.#parsed(path) : undefined;
    this.#known.set(path, found);
    return found;
  }

  async #parsed(path: string) {
    const bytes = await this.#store.readDerivation(path);
    return { derivation: parseDerivation(bytes, path, this.#store.directory), text: decodeText(bytes) };
  }
}

/** The graph of inputs, nearest first, up to a number of nodes. */
async function graphOf(reader: Reader, root: string, most: number): Promise<DerivationView['graph']> {
  const nodes = new Map<string, DerivationGraphNode>();
  const edges: DerivationGraphEdge[] = [];
  let cut = false;
  const meet = (id: string, kind: DerivationGraphNode['kind'], depth: number): boolean => {
    if (nodes.has(id)) return true;
    if (nodes.size >= most) {
      cut = true;
      return false;
    }
    nodes.set(id, { id, kind, depth, name: kind === 'derivation' ? derivationName(id) : namePart(id) });
    return true;
  };
  meet(root, 'derivation', 0);
  // A map's iteration takes in what is added on the way.
  for (const { id, kind, depth } of nodes.values()) {
    if (kind === 'source') continue;
    const derivation = (await reader.read(id))?.derivation;
    for (const [to, { outputs }] of derivation?.inputDerivations ?? []) {
      if (meet(to, 'derivation', depth + 1)) edges.push({ from: id, to, outputs: [...outputs] });
    }
    for (const to of derivation?.inputSources ?? []) if (meet(to, 'source', depth + 1)) edges.push({ from: id, to, outputs: [] });
  }
  return { nodes: [...nodes.values()], edges, cut };
}

/** Undefined where the store has no such derivation. */
export async function derivationView(store: EvalStore, path: string, mostNodes: number): Promise<DerivationView | undefined> {
  const reader = new Reader(store);
  const found = await reader.read(path);
  if (!found) return undefined;
  const { derivation, text } = found;
  return {
    path,
    name: derivationName(path),
    system: derivation.system,
    builder: derivation.builder,
    args: [...derivation.args],
    env: [...derivation.env],
    outputs: [...derivation.outputs].map(([name, output]) => outputData(name, output)),
    inputDerivations: [...derivation.inputDerivations].map(([input, { outputs }]) => ({ path: input, outputs: [...outputs] })),
    inputSources: [...derivation.inputSources],
    text,
    graph: await graphOf(reader, path, mostNodes),
  };
}
