export type {
  BuildDerivationOptions,
  BuildMode,
  BuildSettings,
  BuiltDerivation,
  BuiltOutput,
  DerivationToBuild,
} from './build.ts';
export { buildDerivation } from './build-derivation.ts';
export { BuildError, type BuildErrorCode, buildErrorCodes } from './errors.ts';
export { type OpenBuilderOptions, openBuilder } from './open.ts';
export { type DevelopmentAttributes, developmentAttributes } from './plan/development.ts';
export { upstreamPlaceholder } from './plan/names.ts';
export { type DerivationOptions, derivationOptions } from './plan/options.ts';
export { quoteShell } from './plan/shell.ts';
export { endOfProcess } from './process-end.ts';
export * from './service.ts';
