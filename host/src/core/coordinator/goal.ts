/** What the machine remembers of a path or derivation that somebody wants. */
import type { DerivationFacts, Failure, GoalId, Mode, Offer, Target } from './events.ts';
import type { FailureKind } from './failure.ts';

export type GoalState =
  /** An effect is under way whose answer it waits for. */
  | 'asking'
  /** Others have to end first. */
  | 'waiting'
  /** All that it needs is there; no slot is free. */
  | 'queued'
  | 'running'
  | 'done'
  | 'failed';

/** What the goals are needed for that a goal waits for. */
export type Stage = 'drv' | 'outputs' | 'inputs' | 'references';

export interface BaseGoal {
  readonly id: GoalId;
  readonly key: string;
  state: GoalState;
  stage: Stage;
  /** Goals that it has asked for at any time: what has to live as long as it does. */
  readonly needs: Set<Goal>;
  readonly waiters: Set<Goal>;
  readonly requests: Set<Request>;
  /** How many it waits for, and how many of those have failed. */
  pending: number;
  failures: number;
  /** Of those that failed, how many no substituter has. */
  absent: number;
  failure: Failure | undefined;
  /** Whether it failed since no substituter has it. */
  isAbsent: boolean;
  /** Why it failed, and what it needs. */
  readonly kinds: Set<FailureKind>;
  /** What becomes known with time, for `expect`. */
  counted: boolean;
}

export interface PathGoal extends BaseGoal {
  readonly kind: 'path';
  readonly path: string;
  readonly repair: boolean;
  /** The substituter that is being tried. */
  substituter: number;
  offer: Offer | undefined;
  /** Whether a substituter has it and could not give it. */
  broken: boolean;
}

export interface DerivationGoal extends BaseGoal {
  readonly kind: 'derivation';
  readonly drvPath: string;
  readonly mode: Mode;
  /** `*` once somebody wants all. */
  wanted: Set<string> | '*';
  facts: DerivationFacts | undefined;
  /** Valid for sure. */
  readonly satisfied: Set<string>;
  /** Whether substituters have been tried for what is wanted. */
  substituted: boolean;
  /** Whether it was built, in this session. */
  built: boolean;
  /** The builder that has it, or had it last. */
  builder: number;
  attempts: number;
}

export type Goal = PathGoal | DerivationGoal;

export interface Request {
  readonly id: number;
  readonly targets: ReadonlyMap<Target, Goal>;
  /** Goals among its targets that have not ended. */
  pending: number;
}

const base = (id: GoalId, key: string): BaseGoal => ({
  id,
  key,
  state: 'asking',
  stage: 'drv',
  needs: new Set(),
  waiters: new Set(),
  requests: new Set(),
  pending: 0,
  failures: 0,
  absent: 0,
  failure: undefined,
  isAbsent: false,
  kinds: new Set(),
  counted: false,
});

export const newPathGoal = (id: GoalId, key: string, path: string, repair: boolean): PathGoal => ({
  ...base(id, key),
  kind: 'path',
  path,
  repair,
  substituter: -1,
  offer: undefined,
  broken: false,
});

export const newDerivationGoal = (id: GoalId, key: string, drvPath: string, mode: Mode): DerivationGoal => ({
  ...base(id, key),
  kind: 'derivation',
  drvPath,
  mode,
  wanted: new Set(),
  facts: undefined,
  satisfied: new Set(),
  substituted: false,
  built: false,
  builder: -1,
  attempts: 0,
});

/** Outputs that are wanted, as names. */
export const wantedOutputs = ({ wanted, facts }: DerivationGoal): string[] => (wanted === '*' ? [...facts!.outputs.keys()] : [...wanted]);

export const isSatisfied = (goal: DerivationGoal): boolean => wantedOutputs(goal).every((output) => goal.satisfied.has(output));

/** Adds to what is wanted. */
export function want(goal: DerivationGoal, outputs: readonly string[] | '*'): void {
  if (outputs === '*') goal.wanted = '*';
  else if (goal.wanted !== '*') for (const output of outputs) goal.wanted.add(output);
}
