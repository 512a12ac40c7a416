export type {
  BuildDerivationOptions,
  BuildMode,
  BuildSettings,
  BuiltDerivation,
  BuiltOutput,
  DerivationToBuild,
} from './build.ts';
export { BuildError, type BuildErrorCode } from './errors.ts';
export * from './service.ts';
