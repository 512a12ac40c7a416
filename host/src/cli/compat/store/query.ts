// `nix-store --query`.
import {
  closureInfos,
  closureWithOutputs,
  notValid,
  type PathInfo,
  realisedOutputs,
  referrersClosure,
  type Store,
  StoreError,
  storedDerivation,
  topologicalOrder,
} from '@vixen/store';
import { formatHash } from '@vixen/wasm';
import { printRoots } from '../../commands/store/gc.ts';
import { writeOut } from '../../output.ts';
import type { StoreContext } from '../../store/context.ts';
import { storePathOf } from '../../store/paths.ts';
import { UsageError } from '../../usage.ts';
import type { Operation, OperationInput } from '../nix-store.ts';
import { dotGraph, graphMl } from './graph.ts';

/** Kinds of queries by their flags. */
const kinds: Readonly<Record<string, QueryKind>> = {
  '--outputs': 'outputs',
  '--requisites': 'requisites',
  '-R': 'requisites',
  '--references': 'references',
  '--referrers': 'referrers',
  '--referers': 'referrers',
  '--referrers-closure': 'referrers-closure',
  '--referers-closure': 'referrers-closure',
  '--deriver': 'deriver',
  '-d': 'deriver',
  '--valid-derivers': 'valid-derivers',
  '--binding': 'binding',
  '-b': 'binding',
  '--hash': 'hash',
  '--size': 'size',
  '--tree': 'tree',
  '--graph': 'graph',
  '--graphml': 'graphml',
  '--resolve': 'resolve',
  '--roots': 'roots',
};

type QueryKind =
  | 'outputs'
  | 'requisites'
  | 'references'
  | 'referrers'
  | 'referrers-closure'
  | 'deriver'
  | 'valid-derivers'
  | 'binding'
  | 'hash'
  | 'size'
  | 'tree'
  | 'graph'
  | 'graphml'
  | 'resolve'
  | 'roots';

interface Query {
  readonly kind: QueryKind;
  readonly useOutput: boolean;
  readonly includeOutputs: boolean;
  /** The variable that `--binding` asks for. */
  readonly binding: string;
  readonly args: readonly string[];
}

function parse({ flags, args }: OperationInput): Query {
  const rest = [...args];
  let kind: QueryKind | undefined;
  let binding = '';
  const set = new Set<string>();
  for (const flag of flags) {
    const found = Object.hasOwn(kinds, flag) ? kinds[flag] : undefined;
    if (found === undefined) {
      set.add(checkedSwitch(flag));
      continue;
    }
    if (kind !== undefined && kind !== found) throw new UsageError(`query type '\x0e${flag}\x0f' conflicts with earlier flag`);
    kind = found;
    if (kind === 'binding') binding = takeBinding(rest);
  }
  return { kind: kind ?? 'outputs', useOutput: set.has('-u'), includeOutputs: set.has('--include-outputs'), binding, args: rest };
}

function takeBinding(rest: string[]): string {
  const binding = rest.shift();
  if (binding === undefined) throw new UsageError('expected binding name');
  return binding;
}

/** `-u`, `--include-outputs`; what asks for builds is refused by what builds. */
function checkedSwitch(flag: string): string {
  if (flag === '--use-output' || flag === '-u') return '-u';
  if (flag === '--include-outputs') return flag;
  if (flag === '--force-realise' || flag === '--force-realize' || flag === '-f') return '-f';
  throw new UsageError(`unknown flag '\x0e${flag}\x0f'`);
}

class Queries {
  readonly #store: Store;
  readonly #signal: AbortSignal;

  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  async info(path: string): Promise<PathInfo> {
    const info = await this.#store.pathInfo(path, { signal: this.#signal });
    if (!info) throw notValid(path);
    return info;
  }

  /** A derivation's outputs where they are wanted; other paths as they are. */
  async outputs(path: string, wanted: boolean): Promise<string[]> {
    if (!wanted || !path.endsWith('.drv')) return [path];
    const outputs = await realisedOutputs(this.#store, path, '*', { signal: this.#signal });
    return outputs
      .map((output) => {
        if (output.path !== undefined) return output.path;
        throw new UsageError(
          'Cannot use output path of floating content-addressing derivation until we know what it is (e.g. by building it)',
        );
      })
      .sort();
  }

  async #requisites(path: string, includeOutputs: boolean): Promise<string[]> {
    const closureOf = includeOutputs ? closureWithOutputs : closureInfos;
    return [...(await closureOf(this.#store, [path], { signal: this.#signal })).keys()];
  }

  async related(kind: QueryKind, path: string, includeOutputs: boolean): Promise<Iterable<string>> {
    if (kind === 'requisites') return this.#requisites(path, includeOutputs);
    if (kind === 'references') return (await this.info(path)).references;
    if (kind === 'referrers') return this.#store.referrers(path, { signal: this.#signal });
    return referrersClosure(this.#store, [path], { signal: this.#signal });
  }

  /** References before what refers to them. */
  async sorted(paths: Iterable<string>): Promise<string[]> {
    return topologicalOrder(await this.#store.pathInfos([...new Set(paths)], { signal: this.#signal }));
  }

  async deriver(path: string): Promise<string> {
    if (path.endsWith('.drv')) return path;
    const { deriver } = await this.info(path);
    if (deriver === undefined) throw new StoreError('not-found', `deriver of path '${path}' is not known`);
    return deriver;
  }

  async binding(path: string, name: string): Promise<string> {
    const drvPath = await this.deriver(path);
    const { env } = await storedDerivation(this.#store, drvPath, { signal: this.#signal });
    const value = env.get(name);
    if (value === undefined) throw new StoreError('not-found', `derivation '${drvPath}' has no environment binding named '${name}'`);
    return value;
  }

  /** A drawing of what a path refers to, each path once. */
  async *tree(path: string): AsyncGenerator<string> {
    const done = new Set<string>();
    const todo = [{ path, first: '', rest: '' }];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const again = done.has(next.path);
      yield `${next.first}${next.path}${again ? ' [...]' : ''}\n`;
      if (again) continue;
      done.add(next.path);
      const sorted = await this.sorted((await this.info(next.path)).references);
      const { rest } = next;
      const lines = sorted.map((child, i) => {
        const last = i === sorted.length - 1;
        return { path: child, first: rest + (last ? '└───' : '├───'), rest: rest + (last ? '    ' : '│   ') };
      });
      todo.push(...lines.reverse());
    }
  }
}

const lines = (values: Iterable<string>) => {
  for (const value of values) writeOut(`${value}\n`);
};

async function each(queries: Queries, { kind, useOutput, binding }: Query, path: string) {
  if (kind === 'outputs') return lines(await queries.outputs(path, true));
  if (kind === 'deriver') return lines([(await queries.info(path)).deriver ?? 'unknown-deriver']);
  if (kind === 'valid-derivers') return lines(await queries.sorted([(await queries.info(path)).deriver ?? []].flat()));
  if (kind === 'binding') return lines([await queries.binding(path, binding)]);
  if (kind === 'resolve') return lines([path]);
  if (kind === 'tree') {
    for await (const line of queries.tree(path)) writeOut(line);
    return;
  }
  for (const output of await queries.outputs(path, useOutput)) {
    const { narHash, narSize } = await queries.info(output);
    lines([kind === 'hash' ? formatHash({ algo: 'sha256', digest: narHash }, 'nix32') : String(narSize)]);
  }
}

const together = new Set<QueryKind>(['requisites', 'references', 'referrers', 'referrers-closure', 'graph', 'graphml', 'roots']);

async function all({ signal }: StoreContext, store: Store, queries: Queries, { kind, useOutput, includeOutputs }: Query, paths: string[]) {
  const starts = (await Promise.all(paths.map((path) => queries.outputs(path, useOutput)))).flat();
  if (kind === 'graph') return writeOut(await dotGraph(store, starts, signal));
  if (kind === 'graphml') return writeOut(await graphMl(store, starts, signal));
  if (kind === 'roots') {
    const referrers = await referrersClosure(store, starts, { signal });
    return printRoots(store, signal, (path) => referrers.has(path));
  }
  const found = await Promise.all(starts.map((path) => queries.related(kind, path, includeOutputs)));
  lines(await queries.sorted(found.flatMap((related) => [...related])));
}

export const query: Operation = async (context, input) => {
  const parsed = parse(input);
  const store = await context.store();
  const queries = new Queries(store, context.signal);
  const paths = parsed.args.map((word) => storePathOf(store, word));
  if (together.has(parsed.kind)) return all(context, store, queries, parsed, paths);
  for (const path of paths) await each(queries, parsed, path);
};
