/** Runs builders that are part of this program. They work on the castore, so there is nothing to confine: no files, no processes. */
import type { CallOptions, Castore } from '@vixen/store';
import { encodeText } from '@vixen/wasm';
import type { BuildSettings } from '../build.ts';
import { BuildError } from '../errors.ts';
import type { BuildPlan } from '../plan/plan.ts';
import type { BuildOutcome } from '../service.ts';
import { buildenv } from './buildenv.ts';
import { type Builtin, type BuiltinContext, missingAttribute } from './context.ts';
import { fetchurl } from './fetchurl.ts';
import { InputFiles } from './input-files.ts';
import { putTree } from './output-tree.ts';
import { unpackChannel } from './unpack-channel.ts';

const builtins = new Map<string, Builtin>([
  ['builtin:fetchurl', fetchurl],
  ['builtin:buildenv', buildenv],
  ['builtin:unpack-channel', unpackChannel],
]);

export interface BuiltinOptions extends CallOptions {
  readonly castore: Castore;
  readonly directory: string;
  readonly settings: BuildSettings;
  readonly onLog: (bytes: Uint8Array) => void | Promise<void>;
}

/** Hashes and references of the outcome are for the caller to compute. Fails with `failed`, as a process would; the log says why. */
export async function runBuiltin(plan: BuildPlan, options: BuiltinOptions): Promise<BuildOutcome> {
  const started = Date.now();
  const log = (text: string) => void options.onLog(encodeText(text));
  try {
    const { castore, signal } = options;
    const builtin = builtins.get(plan.derivation.builder);
    if (!builtin) throw new BuildError('failed', `unsupported builtin builder '${plan.derivation.builder.slice('builtin:'.length)}'`);
    const output = plan.scratch.get('out');
    if (output === undefined) throw new BuildError('failed', `'${plan.derivation.builder}' requires an 'out' output`);
    const node = await putTree(castore, await builtin(contextOf(plan, output, options, log)), { signal });
    const left = { path: output.slice(1), node, needles: [], narHash: new Uint8Array(32), narSize: 0 };
    return { outputs: [left], started, ended: Date.now() };
  } catch (cause) {
    options.signal?.throwIfAborted();
    log(`error: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    throw new BuildError('failed', cause instanceof Error ? cause.message : String(cause), { cause, exitCode: 1 });
  }
}

function contextOf(plan: BuildPlan, output: string, options: BuiltinOptions, log: (text: string) => void): BuiltinContext {
  const { castore, directory, settings, signal } = options;
  const files = new InputFiles(castore, plan.inputs, directory, { signal });
  const attribute = (name: string) => {
    const value = plan.derivation.env.get(name);
    if (value === undefined) throw missingAttribute(name);
    return value;
  };
  return { plan, settings, castore, files, output, log, attribute, signal };
}
