// A session for a command: configuration, files, store and machine put together.
import fs from 'node:fs';
import { decodeText, type Handle, type ParserWarning, PrintFlag, PrintMode } from '@vixen/eval-core';
import type { DerivedPath } from '@vixen/store/formats';
import { isPseudoUrl, parseSearchPathEntry, type SearchPathEntry } from '../core/config/nix-path.ts';
import { ansi, colourMarks } from '../core/errors/ansi.ts';
import { renderReport } from '../core/errors/render.ts';
import { GuardedTree } from '../core/files/access.ts';
import { normalPath } from '../core/files/paths.ts';
import { FileError, type FileTree } from '../core/files/tree.ts';
import type { MessageKind } from '../core/io.ts';
import { applySettings, type Surroundings } from '../core/machine-settings.ts';
import { findFile } from '../core/search-path.ts';
import { Session, type SessionOptions } from '../core/session.ts';
import { CheckoutTree } from '../node/checkout-tree.ts';
import { defaultNixPath } from '../node/config.ts';
import { EvaluationStore } from '../node/eval-store.ts';
import type { FlakeInfo } from '../node/fetch/flakes.ts';
import { NodeFetching } from '../node/fetching.ts';
import { NativeTree } from '../node/files.ts';
import { homeFolder } from '../node/folders.ts';
import { nodeHashers } from '../node/hashing.ts';
import { NodeIO } from '../node/node-io.ts';
import type { Journal } from '../node/remembered/journal.ts';
import { JournalStore } from '../node/remembered/journal-store.ts';
import { storeRoot } from '../node/store-root.ts';
import { StoreTree } from '../node/store-tree.ts';
import { currentSystem } from '../node/system.ts';
import { systemErrorText } from '../node/system-error.ts';
import { newEvaluator } from '../node/wasm.ts';
import { Building } from './building/building.ts';
import type { TerminalDebugger } from './debugger.ts';
import type { EvalFlags } from './eval-flags.ts';
import { log } from './output.ts';
import { Progress, showsProgress } from './progress.ts';
import { countsCalls, cpuClock, wantsStatistics } from './stats.ts';
import { readStdin } from './stdin.ts';
import { watchCalls } from './watch-calls.ts';

export { readStdin };

const storeDirectory = '/nix/store';

export interface Evaluation {
  /** Made when it is first asked for: what is remembered needs none. */
  readonly session: Session;
  store: EvaluationStore;
  /** Which store that is, as it was asked for. */
  storeReference: string;
  /** Makes what derivations describe, in that store. */
  building: Building;
  fetching: NodeFetching;
  searchPath: SearchPathEntry[];
  base: string;
  pure: boolean;
  /** Writes what was gathered on the way. */
  finish(): void;
}

function message(kind: MessageKind, text: string) {
  if (kind === 'text') log(text);
  else if (kind === 'trace') log(colourMarks(`trace: ${text}`));
  else if (kind === 'warning') log(colourMarks(`${ansi.magenta}warning:${ansi.normal} ${text}`));
  else log(renderReport({ marked: text }, { level: kind, showTrace: false, colour: true, readSource: () => undefined }));
}

function parserWarning(session: Session, { positioned, position, message: text }: ParserWarning) {
  if (!positioned) return message('warning', text);
  log(session.render({ marked: text, position }, { level: 'warning', showTrace: false, colour: true }));
}

const warn = (text: string) => message('warning', text);

/** All entries of the search path, those of the command line first. */
function searchPathOf({ config: { settings }, searchPath }: EvalFlags, exists: (path: string) => boolean): SearchPathEntry[] {
  if (settings.bool('pure-eval')) return [];
  const defaults = settings.bool('restrict-eval') ? [] : defaultNixPath(process.env, exists);
  return [...searchPath, ...[...settings.list('nix-path'), ...defaults].map(parseSearchPathEntry)];
}

/** What cannot be looked at (a folder of somebody else's, links in a circle) is not there, as far as a search path is concerned. */
function canSee(tree: FileTree, path: string, journal: Journal | undefined): boolean {
  try {
    return tree.stat(path) !== undefined;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    journal?.refuse(`'${path}' cannot be looked at`);
    return false;
  }
}

/** Restricted evaluation sees what the search path names. */
function allowSearchPath(tree: GuardedTree, searchPath: SearchPathEntry[], base: string) {
  for (const { value } of searchPath) if (!isPseudoUrl(value) && !value.startsWith('flake:')) tree.allow(normalPath(value, base));
}

export interface OpenOptions {
  readOnly: boolean;
  debugger?: TerminalDebugger | undefined;
  /** Whether logs of builds are shown as they come. */
  logs?: boolean;
  /** Whether the command is one of the older ones, which print logs as they are. */
  legacy?: boolean;
  /** Is told what evaluation looks at. */
  journal?: Journal | undefined;
  /** How the session's machine is driven. */
  drive?: Pick<SessionOptions, 'pause' | 'signal'>;
}

/** What flake.nix says, as a function of the folder that it lies in. */
const flakeInfo = `
folder:
let flake = import (folder + "/flake.nix");
in {
  inputs = flake.inputs or { };
  formals = builtins.attrNames (if builtins.isFunction flake.outputs then builtins.functionArgs flake.outputs else { });
}`;

/** Opens a session as the flags ask for it. */
export function openEvaluation(flags: EvalFlags, options: OpenOptions): Evaluation {
  const { settings, unknown } = flags.config;
  for (const name of [...unknown].sort()) warn(`unknown setting '\x0e${name}\x0f'`);
  for (const name of settings.unknownFeatures()) warn(`unknown experimental feature '\x0e${name}\x0f'`);
  const base = process.cwd();
  const pure = settings.bool('pure-eval');
  const readOnly = options.readOnly || flags.readOnly;
  const { journal } = options;
  const machineTree = new NativeTree('', journal);
  const exists = (path: string) => canSee(machineTree, path, journal);
  const searchPath = searchPathOf(flags, exists);
  const reference = flags.store ?? process.env.VIXEN_STORE ?? settings.text('store');
  const root = storeRoot(reference, process.env);
  const checkouts = new CheckoutTree({ root, directory: storeDirectory, materialise: (path) => store.materialise(path), journal });
  const whole: FileTree = new StoreTree(pure ? undefined : machineTree, checkouts, storeDirectory);
  const guard = pure || settings.bool('restrict-eval') ? new GuardedTree(whole, pure ? 'pure' : 'restricted') : undefined;
  if (guard) allowSearchPath(guard, searchPath, base);
  const files = guard ?? whole;
  const open = async () => (await import('../node/stores.ts')).openHostStore(reference, { settings, env: process.env });
  const building = new Building({ store: () => store.store(), settings, warn, log });
  building.logFormat = flags.logFormat;
  building.logs = options.logs;
  building.legacy = options.legacy ?? false;
  building.verbosity = flags.verbosity;
  const realise = (paths: readonly DerivedPath[]) => building.realise(paths);
  const storeOptions = { open, directory: storeDirectory, readOnly, tree: files, hashers: nodeHashers, realise };
  const store: EvaluationStore = new EvaluationStore(storeOptions, (path) => {
    checkouts.forget(path);
    guard?.allow(path);
  });
  const watching = watchCalls(settings);
  const around: Surroundings = {
    readOnly,
    system: settings.text('eval-system') || settings.text('system') || currentSystem(),
    storeDirectory,
    searchPath,
    baseDirectory: base,
    homeDirectory: homeFolder(process.env),
    now: Math.floor(Date.now() / 1000),
    countCalls: countsCalls(),
    statistics: wantsStatistics(),
    callEvents: watching !== undefined,
  };
  let progress: Progress | undefined;
  const newSession = (): Session => {
    const machine = newEvaluator();
    applySettings(machine, settings, around);
    if (wantsStatistics()) machine.clock = cpuClock;
    if (flags.memoryLimit > 0) machine.exports.setMemoryLimit(flags.memoryLimit);
    progress ??= options.drive || !showsProgress() ? undefined : new Progress(() => machine.memory.length);
    const pause = () => {
      progress?.tick();
      return undefined;
    };
    const session: Session = new Session({
      machine,
      io,
      warn: (warning) => parserWarning(session, warning),
      ...(progress && { pause }),
      watcher: watching?.watcher,
      ...(options.debugger && { fuel: options.debugger.fuel, pause: options.debugger.pause }),
      ...options.drive,
    });
    return session;
  };
  const reader = async (folder: string) => {
    const session = newSession();
    const info = await session.apply(await session.evalString({ text: flakeInfo, base }), session.machine.makeString(folder));
    return JSON.parse(decodeText(await session.print(info, PrintMode.Json, PrintFlag.Strict))) as FlakeInfo;
  };
  const activity = (text: string) => progress?.activity(text);
  const openFetching = async () => {
    journal?.refuse('something is fetched');
    return (await import('../node/fetch/open.ts')).openFetchService({ settings, store, warn, activity, guard, reader });
  };
  const fetching = new NodeFetching({ base, warn, exists, open: openFetching });
  const io = new NodeIO({
    files,
    store: journal ? new JournalStore(store, journal) : store,
    fetching,
    env: pure ? {} : { ...process.env },
    message,
    debug: options.debugger?.stop,
    journal,
  });
  let session = options.debugger && newSession();
  if (session) options.debugger?.attach(session);
  return {
    get session() {
      session ??= newSession();
      return session;
    },
    store,
    storeReference: reference,
    building,
    fetching,
    searchPath,
    base,
    pure,
    finish: watching?.finish ?? (() => {}),
  };
}

/** The set of `--arg` and its kin. */
export async function autoArguments({ session, base }: Evaluation, flags: EvalFlags): Promise<Handle> {
  const { machine } = session;
  const attributes: [string, Handle][] = [];
  for (const [name, arg] of flags.autoArgs) {
    if (arg.kind === 'expr') attributes.push([name, await session.run(machine.suspendString({ text: arg.text, base }))]);
    else if (arg.kind === 'string') attributes.push([name, machine.makeString(arg.text)]);
    else attributes.push([name, machine.makeString(arg.kind === 'stdin' ? readStdin() : readArgument(arg.text))]);
  }
  return machine.makeAttrs(attributes);
}

function readArgument(file: string): Uint8Array {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new FileError('failed', `opening file \x0e"${file}"\x0f: \x0e${systemErrorText(error)}\x0f`, { cause: error });
  }
}

/** What a file on the command line stands for: a path, or a name in the search path. */
export async function lookupFile({ session, fetching, searchPath, base, pure }: Evaluation, name: string): Promise<string> {
  if (/^<..*>$/s.test(name)) return findFile(session.io, searchPath, name.slice(1, -1), pure);
  if (isPseudoUrl(name) || name.startsWith('flake:')) return (await fetching.service()).searchPath(name);
  return normalPath(name, base);
}
