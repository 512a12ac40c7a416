export { BuildFailure } from '../../core/coordinator/failure.ts';
export type { BuildDisplay, ProgressEvent } from '../../core/coordinator/progress.ts';
export { StoredDurations } from './durations.ts';
export { openRealiser } from './realiser.ts';
export type { RealisedPath, RealiseOptions, RealisePlan, Realiser, RealiserOptions } from './types.ts';
