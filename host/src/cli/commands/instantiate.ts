// `vixen instantiate` and `vixen parse`: what nix-instantiate does, under a name of their own.
import { runInstantiate } from '../compat/nix-instantiate.ts';

/** Prints the derivations of an expression. */
export const instantiateCommand = (args: string[]) => runInstantiate('vixen instantiate', ['--no-gc-warning', ...args]);

/** Prints the syntax tree of an expression. */
export const parseCommand = (args: string[]) => runInstantiate('vixen parse', ['--parse', ...args]);
