/** What an instruction or a piece of outlined work tells the loop of vm/machine.ts. */
export const enum Step {
  /** `x` is wanted, forced */
  Go = 0,
  /** the registers in memory are current */
  Reload,
  /** an error is in flight; the registers are those in locals */
  Fail,
  /** an error is in flight; the registers in memory are current */
  Raise,
  /** the slice's fuel is used up */
  Fuel,
  /** the root has its value */
  Halt,
  /** the root has failed */
  Failed,
  /** the host is asked */
  Request,
}
