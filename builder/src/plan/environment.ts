/** The variables of a build (libstore/unix/build/derivation-builder.cc, initEnv). */
import os from 'node:os';
import type { BuildSettings } from '../build.ts';
import type { DerivationOptions } from './options.ts';
import { type Rewrites, rewriteText } from './rewrite.ts';

export interface EnvironmentParts {
  readonly directory: string;
  readonly folder: string;
  readonly settings: BuildSettings;
  readonly options: DerivationOptions;
  /** Whether the build is of one fixed output. */
  readonly fixed: boolean;
  /** Whether it may be impure: of a fixed output, or an impure one. */
  readonly impure: boolean;
  readonly variables: ReadonlyMap<string, string>;
  readonly rewrites: Rewrites;
}

// Outputs of programs depend on it more often than one would like; the number is asked once.
let processors: number | undefined;
const allCores = () => (processors ??= os.availableParallelism());

export function buildEnvironment(parts: EnvironmentParts): Map<string, string> {
  const { directory, folder, settings, variables, rewrites } = parts;
  const env = new Map<string, string>([
    ['PATH', '/path-not-set'],
    ['HOME', '/homeless-shelter'],
    ['NIX_STORE', directory],
    ['NIX_BUILD_CORES', String(settings.cores || allCores())],
    ...variables,
    ...['NIX_BUILD_TOP', 'TMPDIR', 'TEMPDIR', 'TMP', 'TEMP', 'PWD'].map((name) => [name, folder] as const),
    ...(parts.fixed ? ([['NIX_OUTPUT_CHECKED', '1']] as const) : []),
    ...(parts.impure ? impureVariables(parts) : []),
    ['NIX_LOG_FD', '2'],
    ['TERM', 'xterm-256color'],
  ]);
  return new Map([...env].map(([name, value]) => [rewriteText(name, rewrites), rewriteText(value, rewrites)]));
}

/** Only what the settings hand out: the process's own environment is none of the build's business. */
const impureVariables = ({ options, settings }: EnvironmentParts) =>
  options.impureEnvVars.map((name) => [name, settings.impureEnv.get(name) ?? ''] as const);
