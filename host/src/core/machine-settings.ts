// The evaluator's settings by id (eval-core/assembly/settings.ts), from Nix's settings by name.
import type { Evaluator } from '@vixen/eval-core';
import type { SearchPathEntry } from './config/nix-path.ts';
import type { Settings } from './config/settings.ts';

export enum NumberSetting {
  ReadOnly = 0,
  PureEval = 1,
  RestrictEval = 2,
  AllowImportFromDerivation = 3,
  Features = 4,
  MaxCallDepth = 5,
  TraceVerbose = 6,
  TraceImportFromDerivation = 7,
  NativeCode = 8,
  LintUrlLiterals = 9,
  LintShortPathLiterals = 10,
  LintAbsolutePathLiterals = 11,
  AbortOnWarn = 12,
  CurrentTimeLow = 13,
  CurrentTimeHigh = 14,
  Debugger = 15,
  CountCalls = 16,
  CallEvents = 17,
  Statistics = 18,
  IgnoreTry = 19,
  DebuggerOnTrace = 20,
  DebuggerOnWarn = 21,
  ForceEvents = 22,
}

enum StringSetting {
  System = 0,
  StoreDir = 1,
  NixPath = 2,
  BaseDirectory = 3,
  HomeDirectory = 4,
}

const featureBits: Record<string, number> = {
  'ca-derivations': 1,
  'impure-derivations': 2,
  flakes: 4,
  'fetch-tree': 8,
  'fetch-closure': 16,
  'dynamic-derivations': 32,
  'git-hashing': 64,
  'parse-toml-timestamps': 128,
  'pipe-operators': 256,
  'verified-fetches': 512,
  'blake3-hashes': 1024,
  'nix-command': 2048,
};

const lintLevels = ['ignore', 'warn', 'fatal'];

/** What the evaluator has to know besides the settings. */
export interface Surroundings {
  readOnly: boolean;
  system: string;
  storeDirectory: string;
  searchPath: SearchPathEntry[];
  /** The folder that relative paths start from. */
  baseDirectory: string;
  homeDirectory: string;
  /** Seconds since 1970. */
  now: number;
  /** Calls are counted, for statistics. */
  countCalls?: boolean;
  /** What costs time to count is counted. */
  statistics?: boolean;
  /** Calls are told as events, for traces and profiles. */
  callEvents?: boolean;
  /** So many of the suspended values that are forced are told. */
  forceEvents?: number;
}

/** The experimental features that are on, as the evaluator's set of bits; `flakes` brings `fetch-tree`. */
export function featureSet(settings: Settings): number {
  let set = 0;
  for (const feature of settings.list('experimental-features')) set |= featureBits[feature] ?? 0;
  return set;
}

/** Gives all settings to the evaluator. */
export function applySettings(machine: Evaluator, settings: Settings, around: Surroundings) {
  const lint = (name: 'lint-url-literals' | 'lint-short-path-literals' | 'lint-absolute-path-literals') =>
    Math.max(0, lintLevels.indexOf(settings.text(name)));
  const numbers: [NumberSetting, number | boolean][] = [
    [NumberSetting.ReadOnly, around.readOnly],
    [NumberSetting.PureEval, settings.bool('pure-eval')],
    [NumberSetting.RestrictEval, settings.bool('restrict-eval')],
    [NumberSetting.AllowImportFromDerivation, settings.bool('allow-import-from-derivation')],
    [NumberSetting.Features, featureSet(settings)],
    [NumberSetting.MaxCallDepth, settings.int('max-call-depth')],
    [NumberSetting.TraceVerbose, settings.bool('trace-verbose')],
    [NumberSetting.TraceImportFromDerivation, settings.bool('trace-import-from-derivation')],
    [NumberSetting.NativeCode, settings.bool('allow-unsafe-native-code-during-evaluation')],
    [NumberSetting.LintUrlLiterals, lint('lint-url-literals')],
    [NumberSetting.LintShortPathLiterals, lint('lint-short-path-literals')],
    [NumberSetting.LintAbsolutePathLiterals, lint('lint-absolute-path-literals')],
    [NumberSetting.AbortOnWarn, settings.bool('abort-on-warn')],
    [NumberSetting.CurrentTimeLow, around.now % 2 ** 32],
    [NumberSetting.CurrentTimeHigh, Math.floor(around.now / 2 ** 32)],
    [NumberSetting.CountCalls, around.countCalls ?? false],
    [NumberSetting.IgnoreTry, settings.bool('ignore-try')],
    [NumberSetting.DebuggerOnTrace, settings.bool('debugger-on-trace')],
    [NumberSetting.DebuggerOnWarn, settings.bool('debugger-on-warn')],
    [NumberSetting.Statistics, around.statistics ?? false],
    [NumberSetting.CallEvents, around.callEvents ?? false],
    [NumberSetting.ForceEvents, around.forceEvents ?? 0],
  ];
  for (const [id, value] of numbers) machine.setOption(id, value);
  machine.setOptionText(StringSetting.System, around.system);
  machine.setOptionText(StringSetting.StoreDir, around.storeDirectory);
  machine.setOptionText(StringSetting.NixPath, around.searchPath.map(({ prefix, value }) => `${prefix}\0${value}\0`).join(''));
  machine.setOptionText(StringSetting.BaseDirectory, around.baseDirectory);
  machine.setOptionText(StringSetting.HomeDirectory, around.homeDirectory);
}
