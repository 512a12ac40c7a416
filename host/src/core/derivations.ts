// All derivations in a value (libexpr/get-drvs.cc): what `nix-instantiate FILE` prints, in its order.
import { decodeText, ErrorCode, type Handle, NixError, type Position, ValueKind } from '@vixen/eval-core';
import { CodedError, parseBaseName } from '@vixen/wasm';
import { selectPath } from './attr-path.ts';
import type { Session } from './session.ts';

export interface FoundDerivation {
  /** Where it was found, as a selection path below the value. */
  attrPath: string;
  attrs: Handle;
}

const mark = (text: string) => `\x0e${text}\x0f`;
const pathComponent = /^[A-Za-z_][A-Za-z0-9\-_+]*$/;
const below = (prefix: string, part: string) => (prefix === '' ? part : `${prefix}.${part}`);

/** Adds a frame to whatever error of the program an action fails with. */
async function traced<T>(action: () => Promise<T>, message: string, position?: Position): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof NixError ? error.withTrace(message, position) : error;
  }
}

/** The text of an attribute that must be a plain string; undefined where there is none. */
async function plainString(session: Session, set: Handle, name: string, context: string): Promise<string | undefined> {
  const { machine } = session;
  const position = machine.attrPosition(set, name);
  const value = machine.attr(set, name);
  if (value === undefined) return undefined;
  const text = await traced(() => session.force(value), context, position);
  if (session.kind(text) !== ValueKind.String) {
    const found = `expected a string but found ${session.typeName(text)}`;
    throw new NixError(ErrorCode.Type, found).withTrace(context, position);
  }
  return machine.string(text);
}

/** Evaluates what will be asked of a value that may be a derivation. */
export async function lookAtDerivation(session: Session, value: Handle): Promise<void> {
  const set = await session.force(value);
  if (session.kind(set) === ValueKind.Attrs) await session.forcedAttr(set, 'drvPath');
}

/**
 * Selects by paths, and works on one value after the other; `look` evaluates what will be asked of a later one (look-ahead.ts). No paths select the root.
 */
export function selectInTurn(
  { session, root, args }: { readonly session: Session; readonly root: Handle; readonly args: Handle },
  paths: readonly string[],
  work: (value: Handle, index: number) => Promise<void>,
  look: (session: Session, value: Handle) => Promise<unknown> = lookAtDerivation,
): Promise<void> {
  const select = async (path: string) => (await selectPath(session, root, path, args)).value;
  return session.inTurn(
    paths.length > 0 ? paths : [''],
    async (path) => look(session, await select(path)),
    async (path, index) => work(await select(path), index),
  );
}

class Search {
  readonly found: FoundDerivation[] = [];
  readonly #session: Session;
  readonly #args: Handle;
  /** Sets that were met before, by identity: one package under two names counts once. */
  readonly #met: Handle[] = [];

  constructor(session: Session, args: Handle) {
    this.#session = session;
    this.#args = args;
  }

  #isNew(set: Handle): boolean {
    const { machine } = this.#session;
    const identity = machine.identity(set);
    if (this.#met.some((known) => machine.identity(known) === identity)) return false;
    this.#met.push(set);
    return true;
  }

  /** Takes a value that is a derivation; answers whether to look inside it. */
  async take(value: Handle, attrPath: string): Promise<boolean> {
    const session = this.#session;
    const set = await session.force(value);
    if (!(await this.#isDerivation(set))) return true;
    if (!this.#isNew(set)) return false;
    const name = await plainString(session, set, 'name', "while evaluating the 'name' attribute of a derivation");
    if (name === undefined) throw new NixError(ErrorCode.Type, 'derivation name missing');
    this.found.push({ attrPath, attrs: set });
    return false;
  }

  async #isDerivation(set: Handle): Promise<boolean> {
    const session = this.#session;
    if (session.kind(set) !== ValueKind.Attrs) return false;
    const type = await session.forcedAttr(set, 'type');
    return type !== undefined && session.kind(type) === ValueKind.String && session.machine.string(type) === 'derivation';
  }

  async walk(value: Handle, prefix: string): Promise<void> {
    const session = this.#session;
    const called = await session.autoCall(value, this.#args);
    if (!(await this.take(called, prefix))) return;
    const forced = await session.force(called);
    const kind = session.kind(forced);
    if (kind === ValueKind.Attrs) await this.#walkSet(forced, prefix);
    else if (kind === ValueKind.List) await this.#walkList(forced, prefix);
    else throw new NixError(ErrorCode.Type, 'expression does not evaluate to a derivation (or a set or list of those)');
  }

  async #walkSet(set: Handle, prefix: string) {
    const { machine } = this.#session;
    const combine = machine.attr(set, '_combineChannels') !== undefined;
    const names = machine.attrNames(set).filter((name) => pathComponent.test(name));
    const look = (name: string) => lookAtDerivation(this.#session, machine.attr(set, name)!);
    await this.#session.inTurn(names, look, (name) => {
      const visit = () => this.#visitAttr(set, name, below(prefix, name), combine);
      return traced(visit, `while evaluating the attribute '${mark(name)}'`, machine.attrPosition(set, name));
    });
  }

  async #visitAttr(set: Handle, name: string, path: string, combine: boolean) {
    const session = this.#session;
    const value = session.machine.attr(set, name)!;
    if (combine) return this.walk(value, path);
    if (!(await this.take(value, path))) return;
    const inner = await session.force(value);
    if (session.kind(inner) === ValueKind.Attrs && (await this.#recurses(inner))) await this.walk(inner, path);
  }

  async #recurses(set: Handle): Promise<boolean> {
    const session = this.#session;
    const context = 'while evaluating the attribute `recurseForDerivations`';
    const flag = session.machine.attr(set, 'recurseForDerivations');
    if (flag === undefined) return false;
    const position = session.machine.attrPosition(set, 'recurseForDerivations');
    const value = await traced(() => session.force(flag), context, position);
    if (session.kind(value) === ValueKind.Bool) return session.machine.bool(value);
    throw new NixError(ErrorCode.Type, `expected a Boolean but found ${session.typeName(value)}`).withTrace(context, position);
  }

  async #walkList(list: Handle, prefix: string) {
    const { machine } = this.#session;
    const elements = Array.from({ length: machine.size(list) }, (_, i) => i);
    const look = (i: number) => lookAtDerivation(this.#session, machine.element(list, i));
    await this.#session.inTurn(elements, look, async (i) => {
      const path = below(prefix, String(i));
      if (await this.take(machine.element(list, i), path)) await this.walk(machine.element(list, i), path);
    });
  }
}

/** All derivations in a value. */
export async function findDerivations(session: Session, value: Handle, args: Handle): Promise<FoundDerivation[]> {
  const search = new Search(session, args);
  await search.walk(value, '');
  return search.found;
}

/** The store path of a derivation's `.drv`. */
export async function requireDrvPath(session: Session, { attrs }: FoundDerivation): Promise<string> {
  const { machine } = session;
  const context = "while evaluating the 'drvPath' attribute of a derivation";
  const value = machine.attr(attrs, 'drvPath');
  if (value === undefined) throw new NixError(ErrorCode.Plain, "derivation does not contain a 'drvPath' attribute");
  const path = decodeText(await session.coerce(value, context));
  const position = machine.attrPosition(attrs, 'drvPath');
  return traced(async () => checkedDrvPath(path), context, position);
}

function checkedDrvPath(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  try {
    parseBaseName(base);
  } catch (error) {
    if (error instanceof CodedError) throw new NixError(ErrorCode.Plain, error.message, { cause: error });
    throw error;
  }
  if (base.endsWith('.drv')) return path;
  throw new NixError(ErrorCode.Plain, `store path '${mark(base)}' is not a valid derivation path`);
}

/** The output that a derivation stands for. */
export async function outputName(session: Session, { attrs }: FoundDerivation): Promise<string> {
  return (await plainString(session, attrs, 'outputName', 'while evaluating the output name of a derivation')) ?? '';
}
