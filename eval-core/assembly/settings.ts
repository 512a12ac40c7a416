/**
 * Settings that the host gives: numbers and strings by id (docs/requests.md).
 *
 *   | number × 32 | string object × 32 |      string objects are permanent
 */
import { permAlloc } from './heap/pages';
import { literalCopy } from './heap/text';
import { ST_SETTINGS } from './heap/state';
import { KIND_STRING } from './value/kinds';

export const enum NumberSetting {
  /** nothing is written to the store */
  ReadOnly = 0,
  PureEval = 1,
  RestrictEval = 2,
  AllowImportFromDerivation = 3,
  /** set of `Feature` bits */
  Features = 4,
  MaxCallDepth = 5,
  TraceVerbose = 6,
  TraceImportFromDerivation = 7,
  /** allow-unsafe-native-code-during-evaluation */
  NativeCode = 8,
  // lints: 0 ignore, 1 warn, 2 fatal
  LintUrlLiterals = 9,
  LintShortPathLiterals = 10,
  LintAbsolutePathLiterals = 11,
  AbortOnWarn = 12,
  /** seconds since 1970, two words */
  CurrentTimeLow = 13,
  CurrentTimeHigh = 14,
  /** `break` and the debugger */
  Debugger = 15,
  /** calls are counted by function, builtin and attribute (NIX_COUNT_CALLS) */
  CountCalls = 16,
  /** calls are told as events (vm/events.ts) */
  CallEvents = 17,
  /** errors inside of `tryEval` do not stop in the debugger */
  IgnoreTry = 19,
  /** `trace` and `warn` stop in the debugger */
  DebuggerOnTrace = 20,
  DebuggerOnWarn = 21,
  /** so many of the suspended values that are forced are told (vm/forces.ts), and code knows what it is the code of */
  ForceEvents = 22,
  /** what costs time to count is counted (NIX_SHOW_STATS) */
  Statistics = 18,
  /** defaults were written */
  Ready = 31,
}

export const enum StringSetting {
  System = 0,
  StoreDir = 1,
  /** records `prefix NUL path NUL` */
  NixPath = 2,
  /** the folder that relative paths of `--expr` refer to */
  BaseDirectory = 3,
  HomeDirectory = 4,
  NixVersion = 5,
}

/** Experimental features that the evaluator asks for. */
export const enum Feature {
  CaDerivations = 1,
  ImpureDerivations = 2,
  Flakes = 4,
  FetchTree = 8,
  FetchClosure = 16,
  DynamicDerivations = 32,
  GitHashing = 64,
  ParseTomlTimestamps = 128,
  PipeOperators = 256,
  VerifiedFetches = 512,
  Blake3Hashes = 1024,
  NixCommand = 2048,
}

const STRINGS: usize = ST_SETTINGS + 128;

function permString(ptr: usize, len: u32): usize {
  const bytes = 12 + ((<usize>len + 3) & ~3);
  const s = permAlloc(bytes);
  store<u32>(s, KIND_STRING | ((<u32>(bytes >>> 2)) << 8));
  store<u32>(s, len, 4);
  store<u32>(s, 0, 8);
  memory.copy(s + 12, ptr, len);
  return s;
}
function setLiteral(id: u32, text: string): void {
  const buffer = memory.data(64);
  store<u32>(STRINGS + ((<usize>id) << 2), <u32>permString(buffer, literalCopy(text, buffer)));
}
function defaults(): void {
  if (load<u32>(ST_SETTINGS, NumberSetting.Ready << 2)) return;
  store<u32>(ST_SETTINGS, 1, NumberSetting.Ready << 2);
  store<u32>(ST_SETTINGS, 1, NumberSetting.AllowImportFromDerivation << 2);
  store<u32>(ST_SETTINGS, 10000, NumberSetting.MaxCallDepth << 2);
  for (let id: u32 = 0; id < 32; id++) setLiteral(id, '');
  setLiteral(StringSetting.System, 'x86_64-linux');
  setLiteral(StringSetting.StoreDir, '/nix/store');
  setLiteral(StringSetting.BaseDirectory, '/');
  setLiteral(StringSetting.HomeDirectory, '/homeless-shelter');
  setLiteral(StringSetting.NixVersion, '2.34.8');
}

/** Sets a number (`NumberSetting`). */
export function settingSetNumber(id: u32, n: u32): void {
  defaults();
  store<u32>(ST_SETTINGS + ((<usize>id) << 2), n);
}
/** Sets a string (`StringSetting`); the bytes are copied. */
export function settingSetString(id: u32, ptr: usize, len: u32): void {
  defaults();
  store<u32>(STRINGS + ((<usize>id) << 2), <u32>permString(ptr, len));
}
export function settingNumber(id: u32): u32 {
  defaults();
  return load<u32>(ST_SETTINGS + ((<usize>id) << 2));
}
/** A string setting as a string object. */
export function settingString(id: u32): usize {
  defaults();
  return <usize>load<u32>(STRINGS + ((<usize>id) << 2));
}

export function readOnly(): bool {
  return settingNumber(NumberSetting.ReadOnly) != 0;
}
export function pureEval(): bool {
  return settingNumber(NumberSetting.PureEval) != 0;
}
export function restrictEval(): bool {
  return settingNumber(NumberSetting.RestrictEval) != 0;
}
export function allowImportFromDerivation(): bool {
  return settingNumber(NumberSetting.AllowImportFromDerivation) != 0;
}
export function maxCallDepth(): u32 {
  return settingNumber(NumberSetting.MaxCallDepth);
}
/** The same, as the machine reads it. */
export function settingMaxCallDepth(): u32 {
  return maxCallDepth();
}
export function traceVerbose(): bool {
  return settingNumber(NumberSetting.TraceVerbose) != 0;
}
export function featureEnabled(feature: u32): bool {
  return (settingNumber(NumberSetting.Features) & feature) != 0;
}
export function currentTime(): i64 {
  return ((<i64>settingNumber(NumberSetting.CurrentTimeHigh)) << 32) | (<i64>settingNumber(NumberSetting.CurrentTimeLow));
}
/** The bit of a feature by Nix's name for it, 0 for one that the evaluator does not know. */
export function featureBit(name: string): u32 {
  if (name == 'ca-derivations') return Feature.CaDerivations;
  if (name == 'impure-derivations') return Feature.ImpureDerivations;
  if (name == 'flakes') return Feature.Flakes;
  if (name == 'fetch-tree') return Feature.FetchTree;
  if (name == 'fetch-closure') return Feature.FetchClosure;
  if (name == 'dynamic-derivations') return Feature.DynamicDerivations;
  if (name == 'git-hashing') return Feature.GitHashing;
  if (name == 'parse-toml-timestamps') return Feature.ParseTomlTimestamps;
  if (name == 'pipe-operators') return Feature.PipeOperators;
  if (name == 'verified-fetches') return Feature.VerifiedFetches;
  if (name == 'blake3-hashes') return Feature.Blake3Hashes;
  if (name == 'nix-command') return Feature.NixCommand;
  return 0;
}
