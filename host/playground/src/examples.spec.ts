import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Workbench } from '@vixen/host';
import { WasmHashes } from '@vixen/wasm';
import { describe, expect, test } from 'vitest';
import { examples } from './examples.ts';
import { absolute } from './state/paths.ts';

const { resolve } = createRequire(import.meta.url);
const compile = (file: string) => new WebAssembly.Module(readFileSync(resolve(file)));
const evaluator = compile('@vixen/eval-core/vixen-eval.wasm');
const hashers = new WasmHashes(compile('@vixen/wasm/vixen-wasm.wasm')).createHasher;

/** The value as Nix prints it, with everything evaluated. */
async function printedValue(files: { name: string; contents: string | Uint8Array }[]): Promise<string> {
  const bench = new Workbench({ evaluator, hashers });
  const sources = Object.fromEntries(files.map(({ name, contents }) => [absolute(name), contents]));
  const evaluated = await bench.evaluate({ files: sources, entry: absolute('default.nix') });
  if (!evaluated.ok) throw new Error(evaluated.problem.rendered);
  const printed = await bench.copy(evaluated.value.value.id, 'pretty');
  if (!printed.ok) throw new Error(printed.problem.rendered);
  return printed.value;
}

describe('examples', () => {
  test.each(examples)('$id has a value, without an error in it', async ({ files }) => {
    const value = await printedValue(files);
    expect(value).not.toContain('«error');
    expect(value).toMatchSnapshot();
  });

  test('the mistakes of the example about errors are mistakes', async () => {
    const { files } = examples.find(({ id }) => id === 'errors')!;
    const text = files[0]!.contents as string;
    const mistakes = [...text.matchAll(/^ {2}# (\w+) = .*;$/gm)];
    expect(mistakes).toHaveLength(7);
    for (const [line] of mistakes) {
      const contents = text.replace(line, line.replace('# ', ''));
      const printed = await printedValue([{ name: 'default.nix', contents }]).catch((error: Error) => error.message);
      expect(printed).toContain('error:');
    }
  });
});
