export { WorkbenchError } from './problems.ts';
export type { Fetchers, Limits, Surroundings } from './run.ts';
export type * from './types.ts';
export {
  type CopyFormat,
  type EvaluateOptions,
  type EvaluateRequest,
  type JobOptions,
  Workbench,
  type WorkbenchOptions,
} from './workbench.ts';
