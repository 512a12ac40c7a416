// What commands are to make: derivations that an expression's value stands for, and outputs of them.
import { ErrorCode, type Handle, NixError, ValueKind } from '@vixen/eval-core';
import type { DerivedPath } from '@vixen/store/formats';
import { type FoundDerivation, findDerivations, lookAtDerivation, outputName, requireDrvPath } from '../../core/derivations.ts';
import type { Session } from '../../core/session.ts';
import type { RealisedPath } from '../../node/building/index.ts';

/** Outputs of a derivation. */
export interface Target {
  readonly drvPath: string;
  /** Names; `*` for all. */
  readonly outputs: readonly string[] | '*';
}

export const derivedPath = ({ drvPath, outputs }: Target): DerivedPath => ({ drvPath, outputs });

/** Which of what was realised came of a path that was asked for. */
export const belongsTo =
  (path: DerivedPath) =>
  (one: RealisedPath): boolean => {
    if ('path' in path) return one.drvPath === undefined && one.path === path.path;
    return one.drvPath === path.drvPath && (path.outputs === '*' || path.outputs.includes(one.output!));
  };

interface NamedOutput {
  readonly drvPath: string;
  readonly output: string;
}

/** Works on the one output of each derivation in a value, in their order, as nix-build and nix-instantiate take it. */
export async function eachOutput(session: Session, value: Handle, args: Handle, work: (one: NamedOutput) => Promise<void>): Promise<void> {
  const derivations = await findDerivations(session, value, args);
  const look = ({ attrs }: FoundDerivation) => lookAtDerivation(session, attrs);
  await session.inTurn(derivations, look, async (one) => {
    const drvPath = await requireDrvPath(session, one);
    const output = await outputName(session, one);
    if (output === '') throw new NixError(ErrorCode.Plain, `derivation '\x0e${drvPath}\x0f' lacks an 'outputName' attribute`);
    await work({ drvPath, output });
  });
}

/** All of them. */
export async function outputsOf(session: Session, value: Handle, args: Handle): Promise<NamedOutput[]> {
  const found: NamedOutput[] = [];
  await eachOutput(session, value, args, async (one) => void found.push(one));
  return found;
}

/** The outputs that are meant where none is named: of `x.dev` that one, otherwise `meta.outputsToInstall`, otherwise `out` (libcmd/installable-flake.cc). */
export async function wantedOutputs(session: Session, attrs: Handle): Promise<string[]> {
  const specified = await session.forcedAttr(attrs, 'outputSpecified');
  if (specified !== undefined && session.kind(specified) === ValueKind.Bool && session.machine.bool(specified)) {
    return [await outputName(session, { attrPath: '', attrs })];
  }
  const meta = await session.forcedAttr(attrs, 'meta');
  const install =
    meta !== undefined && session.kind(meta) === ValueKind.Attrs ? await session.forcedAttr(meta, 'outputsToInstall') : undefined;
  if (install === undefined || session.kind(install) !== ValueKind.List) return ['out'];
  const names: string[] = [];
  for (let i = 0; i < session.machine.size(install); i++) {
    names.push(session.machine.string(await session.force(session.machine.element(install, i))));
  }
  return names.length > 0 ? names : ['out'];
}

/** Splits `NAME^OUTPUT,…` (Nix manual, "nix", "Derivation output selection"). */
export function splitOutputs(word: string): { readonly rest: string; readonly outputs: readonly string[] | '*' | undefined } {
  const [, rest, outputs] = /^(.*)\^([^^]+)$/s.exec(word) ?? [];
  if (rest === undefined || outputs === undefined) return { rest: word, outputs: undefined };
  return { rest, outputs: outputs === '*' ? '*' : outputs.split(',') };
}
