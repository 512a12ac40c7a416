/** Whether outputs are what their derivation allows (libstore/build/derivation-check.cc). */
import { type CallOptions, notValid, type PathInfo, type Store } from '@vixen/store';
import type { Derivation } from '@vixen/store/formats';
import { formatHash, type Hash } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { OutputChecks } from '../plan/options.ts';
import type { OutputCheck } from '../plan/output-checks.ts';

/** An output as it would be registered. */
export interface FinalOutput {
  readonly name: string;
  readonly info: PathInfo;
  /** What its path is made of, where it is content-addressed. */
  readonly hash?: Hash | undefined;
}

export interface CheckedBuild extends CallOptions {
  readonly store: Store;
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly outputChecks: OutputChecks;
}

const rejected = (message: string) => new BuildError('output-check', message);

/** Fails with `hash-mismatch` or `output-check`. */
export async function checkOutputs(build: CheckedBuild, outputs: readonly FinalOutput[]): Promise<void> {
  const { outputChecks } = build;
  for (const output of outputs) {
    checkFixed(build, output);
    const check = outputChecks instanceof Map ? outputChecks.get(output.name) : (outputChecks as OutputCheck);
    if (check) await new OutputChecker(build, outputs, output, check).run();
  }
}

function checkFixed({ drvPath, derivation }: CheckedBuild, { name, info, hash }: FinalOutput): void {
  const wanted = derivation.outputs.get(name);
  if (wanted?.type !== 'fixed' || !hash) return;
  if (!Buffer.from(hash.digest).equals(wanted.hash.digest)) {
    const told = `  specified: ${formatHash(wanted.hash, 'sri')}\n     got:    ${formatHash(hash, 'sri')}`;
    throw new BuildError('hash-mismatch', `hash mismatch in fixed-output derivation '${drvPath}':\n${told}`);
  }
  const { references } = info;
  if (references.length === 0) return;
  const told = `'${drvPath}' references ${references.length} distinct paths, e.g. '${references[0]}'`;
  throw new BuildError('hash-mismatch', `fixed-output derivations must not reference store paths: ${told}`);
}

class OutputChecker {
  readonly #build: CheckedBuild;
  readonly #outputs: readonly FinalOutput[];
  readonly #output: FinalOutput;
  readonly #check: OutputCheck;
  #closure: Map<string, PathInfo> | undefined;

  constructor(build: CheckedBuild, outputs: readonly FinalOutput[], output: FinalOutput, check: OutputCheck) {
    this.#build = build;
    this.#outputs = outputs;
    this.#output = output;
    this.#check = check;
  }

  async run(): Promise<void> {
    const check = this.#check;
    await this.#checkSizes();
    if (check.allowedReferences) this.#refuse(this.#othersThan(check.allowedReferences, this.#references()));
    if (check.allowedRequisites) this.#refuse(this.#othersThan(check.allowedRequisites, await this.#requisites()));
    if (check.disallowedReferences.length > 0) this.#refuse(this.#among(check.disallowedReferences, this.#references()));
    if (check.disallowedRequisites.length > 0) this.#refuse(this.#among(check.disallowedRequisites, await this.#requisites()));
  }

  async #checkSizes(): Promise<void> {
    const { maxSize, maxClosureSize } = this.#check;
    const { path, narSize } = this.#output.info;
    // As in Nix, 0 is a limit.
    if (maxSize !== undefined && narSize > maxSize) {
      throw rejected(`path '${path}' is too large at ${narSize} bytes; limit is ${maxSize} bytes`);
    }
    if (maxClosureSize === undefined) return;
    const size = [...(await this.#closureInfos()).values()].reduce((sum, info) => sum + info.narSize, 0);
    if (size > maxClosureSize) throw rejected(`closure of path '${path}' is too large at ${size} bytes; limit is ${maxClosureSize} bytes`);
  }

  #references(): string[] {
    return [...this.#output.info.references];
  }

  async #requisites(): Promise<string[]> {
    const all = [...(await this.#closureInfos()).keys()];
    return this.#check.ignoreSelfRefs ? all.filter((path) => path !== this.#output.info.path) : all;
  }

  #othersThan(allowed: readonly string[], used: readonly string[]): string[] {
    const paths = this.#pathsOf(allowed);
    return used.filter((path) => !paths.has(path));
  }

  #among(disallowed: readonly string[], used: readonly string[]): string[] {
    const paths = this.#pathsOf(disallowed);
    return used.filter((path) => paths.has(path));
  }

  /** Store paths, and names of outputs. */
  #pathsOf(specifiers: readonly string[]): Set<string> {
    return new Set(specifiers.map((specifier) => this.#pathOf(specifier)));
  }

  #pathOf(specifier: string): string {
    const { directory } = this.#build.store;
    if (specifier.startsWith(`${directory}/`)) return specifier.split('/', directory.split('/').length + 1).join('/');
    const output = this.#outputs.find(({ name }) => name === specifier);
    if (output) return output.info.path;
    const valid = this.#outputs.map(({ name }) => name).join(', ');
    const check = `derivation '${this.#build.drvPath}' output check for '${this.#output.name}' contains output name '${specifier}'`;
    throw rejected(`${check}, but this is not a valid output of this derivation. (Valid outputs are [${valid}].)`);
  }

  #refuse(bad: readonly string[]): void {
    if (bad.length === 0) return;
    const listed = [...bad].sort().map((path) => `\n  ${path}`);
    throw rejected(`output '${this.#output.info.path}' is not allowed to refer to the following paths:${listed.join('')}`);
  }

  /** Of the output, some of whose references may be outputs that are not valid yet. */
  async #closureInfos(): Promise<Map<string, PathInfo>> {
    if (this.#closure) return this.#closure;
    const own = new Map(this.#outputs.map(({ info }) => [info.path, info]));
    const found = new Map<string, PathInfo>();
    for (let level = [this.#output.info.path]; level.length > 0; ) {
      const asked = level.filter((path) => !own.has(path));
      const valid = asked.length > 0 ? await this.#build.store.pathInfos(asked, this.#build) : new Map<string, PathInfo>();
      const next = new Set<string>();
      for (const path of level) {
        const info = own.get(path) ?? valid.get(path);
        if (!info) throw notValid(path);
        found.set(path, info);
        for (const reference of info.references) next.add(reference);
      }
      level = [...next].filter((path) => !found.has(path));
    }
    this.#closure = found;
    return found;
  }
}
