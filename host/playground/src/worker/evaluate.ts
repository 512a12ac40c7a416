// Evaluating a file, and printing its value.
import { AbortedError, decodeText, PrintFlag, PrintMode } from '@vixen/eval-core';
import type { Calls, Printed, PrintStyle } from '../protocol.ts';
import { TooSlow } from './budget.ts';
import type { Stopper, Workshop } from './workshop.ts';

const modes: Record<PrintStyle, PrintMode> = { nix: PrintMode.Repl, json: PrintMode.Json, xml: PrintMode.Xml };
// A page shows no more at once, and nobody reads it.
const longest = 200_000;

type Evaluate = Calls['evaluate'];
type Print = Calls['print'];

export async function evaluate(shop: Workshop, { path, limits }: Evaluate['params'], stopper: Stopper): Promise<Evaluate['result']> {
  const run = shop.begin(limits);
  const { session } = run;
  const started = performance.now();
  const value = await run
    .job(() => session.evalFile(path), stopper)
    .catch((error: unknown) => {
      throw run.failure(error);
    });
  run.value = value;
  return { run: run.number, type: session.typeName(value), usage: run.usage(performance.now() - started), warnings: run.warnings };
}

export async function print(
  shop: Workshop,
  { run: number, style, all, within }: Print['params'],
  stopper: Stopper,
): Promise<Print['result']> {
  const run = shop.run(number);
  const flags = all || style !== 'nix' ? PrintFlag.Strict : 0;
  const work = () => run.session.print(run.value!, modes[style], flags);
  try {
    return shortened(decodeText(await run.job(work, stopper, within)));
  } catch (error) {
    if (error instanceof AbortedError && error.cause instanceof TooSlow) return undefined;
    throw run.failure(error);
  }
}

function shortened(text: string): Printed {
  return text.length > longest ? { text: text.slice(0, longest), cut: true } : { text, cut: false };
}
