/** Nix's words for what goes wrong (libstore/build/*.cc). */
import { ansi } from '../errors/ansi.ts';
import type { BuilderFacts, DerivationFacts } from './events.ts';

const shown = (text: string) => `${ansi.magenta}${text}${ansi.normal}`;
const reason = (text: string) => `\nReason: ${ansi.red}${text}${ansi.normal}`;

/** The paths that a failed build would have made, as far as they are known. */
export function outputPathLines(paths: Iterable<string>): string {
  const lines = [...paths].sort().map((path) => `\n  ${shown(path)}`);
  return lines.length === 0 ? '' : `\nOutput paths:${lines.join('')}`;
}

const knownPaths = ({ outputs }: DerivationFacts) => [...outputs.values()].flatMap(({ path }) => (path === undefined ? [] : [path]));

export function dependencyFailed(drvPath: string, count: number, facts: DerivationFacts): string {
  const what = `${count} ${count === 1 ? 'dependency' : 'dependencies'} failed`;
  return `Cannot build '${shown(drvPath)}'.${reason(what)}.${outputPathLines(knownPaths(facts))}`;
}

/** Why a build failed: `what` is `failed with exit code 1`, `log` the last lines. */
export function builderFailed(
  drvPath: string,
  what: string,
  { paths, log, logCommand }: { readonly paths: Iterable<string>; readonly log: readonly string[]; readonly logCommand: string },
): string {
  const head = `Cannot build '${shown(drvPath)}'.${reason(`builder ${what}`)}.${outputPathLines(paths)}`;
  if (log.length === 0) return head;
  const lines = log.map((line) => `> ${line}\n`).join('');
  return `${head}\nLast ${log.length} log lines:\n${lines}For full logs, run:\n  ${ansi.bold}${logCommand} ${drvPath}${ansi.normal}`;
}

export function noBuilder(drvPath: string, { system, features, anywhere }: DerivationFacts, builders: readonly BuilderFacts[]): string {
  const local = builders[0];
  let text = `Cannot build '${shown(drvPath)}'.`;
  if (builders.every(({ slots }) => slots === 0)) {
    text += `${reason('local builds are disabled')} (max-jobs = 0)`;
    text += "\nHint: set 'max-jobs' to a non-zero value to enable local builds, or configure remote builders via 'builders'";
  }
  if (!anywhere && !local?.systems.includes(system)) {
    text += `${reason('platform mismatch')}\nRequired system: '${shown(system)}'\nCurrent system: '${shown(local?.systems[0] ?? '')}'`;
  }
  if (!features.every((feature) => local?.features.includes(feature))) {
    const available = [...(local?.features ?? [])].sort().join(', ');
    text += `${reason('missing system features')}\nRequired features: {${features.join(', ')}}\nAvailable features: {${available}}`;
  }
  return text;
}

export const noSubstituter = (path: string) => `path '${shown(path)}' is required, but there is no substituter that can build it`;
export const referencesFailed = (path: string) => `some references of path '${shown(path)}' could not be realised`;
export const noDerivation = (drvPath: string) => `failed to obtain derivation of '${shown(drvPath)}'`;
export const noOutput = (drvPath: string, output: string) => `derivation '${shown(drvPath)}' does not have output '${shown(output)}'`;
export const sourceMissing = (source: string, drvPath: string) =>
  `dependency '${shown(source)}' of '${shown(drvPath)}' does not exist, and substitution is disabled`;
export const substitutesFailed = (drvPath: string) =>
  `some substitutes for the outputs of derivation '${shown(drvPath)}' failed (usually happens due to networking issues); try '--fallback' to build derivation from source `;
export const notCheckable = (drvPath: string) =>
  `some outputs of '${shown(drvPath)}' are not valid, so checking is not possible
Hint: --rebuild and --check error if the derivation was not previously built and cannot be substituted.
      Remove it to perform a fresh build, or use --repair to rewrite missing or corrupted builds in the store.`;
export const circular = (key: string) => `'${shown(key)}' needs itself`;
