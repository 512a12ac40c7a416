/** Writes derivations, to the byte as Nix does. */
import { compareNames, encodeText, formatHash } from '@vixen/wasm';
import { formatOutputMethod } from '../content-address.ts';
import { sortedPaths } from '../store-path.ts';
import type { Derivation, DerivationInput, DerivationOutput } from './types.ts';

export interface PrintDerivationOptions {
  /** Leaves out output paths, in the outputs and in the variables that are named as they are: what hashes modulo are made of. */
  readonly maskOutputs?: boolean;
  /** Stands for the input derivations: hashes modulo in base 16 instead of paths. */
  readonly inputs?: ReadonlyMap<string, DerivationInput>;
}

/** The bytes of the `.drv`. */
export function printDerivation(derivation: Derivation, options: PrintDerivationOptions = {}): Uint8Array<ArrayBuffer> {
  const { outputs, inputDerivations, inputSources, system, builder, args, env } = derivation;
  const { maskOutputs = false, inputs = inputDerivations } = options;
  const shown = (path: string) => (maskOutputs ? '' : path);
  const variables = byName(env).map(([name, value]) => tuple(quoted(name), quoted(maskOutputs && outputs.has(name) ? '' : value)));
  const dynamic = [...inputDerivations.values()].some(isDynamic);
  const parts = [
    list(byName(outputs).map(([name, output]) => tuple(plain(name), ...derivationOutputFields(output, shown).map(plain)))),
    list(byName(inputs).map(([path, input]) => tuple(plain(path), inputText(input)))),
    list(sortedPaths(inputSources).map(plain)),
    plain(system),
    quoted(builder),
    list(args.map(quoted)),
    list(variables),
  ];
  const head = dynamic ? 'DrvWithVersion("xp-dyn-drv",' : 'Derive(';
  return encodeText(`${head}${parts.join(',')})`);
}

/** The inverse of `derivationOutputOf`. */
export function derivationOutputFields(
  output: DerivationOutput,
  shown = (path: string) => path,
): [path: string, method: string, hash: string] {
  switch (output.type) {
    case 'input-addressed':
      return [shown(output.path), '', ''];
    case 'fixed':
      return [shown(output.path), formatOutputMethod(output.method, output.hash.algo), formatHash(output.hash, 'base16', false)];
    case 'floating':
      return ['', formatOutputMethod(output.method, output.algo), ''];
    case 'deferred':
      return ['', '', ''];
    case 'impure':
      return ['', formatOutputMethod(output.method, output.algo), 'impure'];
  }
}

function inputText(input: DerivationInput): string {
  const outputs = list(sortedPaths(input.outputs).map(plain));
  if (!isDynamic(input)) return outputs;
  return tuple(outputs, list(byName(input.dynamic!).map(([name, inner]) => tuple(plain(name), inputText(inner)))));
}

const isDynamic = ({ dynamic }: DerivationInput) => dynamic !== undefined && dynamic.size > 0;
const byName = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => compareNames(a, b));
const list = (items: readonly string[]) => `[${items.join(',')}]`;
const tuple = (...items: string[]) => `(${items.join(',')})`;

// Paths and names of outputs are written as they are.
const plain = (text: string) => `"${text}"`;

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };
const quoted = (text: string) => `"${text.replace(/["\\\n\r\t]/g, (char) => escapes[char]!)}"`;
