// As much of `nix-instantiate --eval` as language tests need, over files in memory: it runs in a worker of the browser.
import { AbortedError, decodeText, ErrorCode, Evaluator, type Handle, NixError, PrintFlag, PrintMode, stripMarks } from '@vixen/eval-core';
import { WasmHashes } from '@vixen/wasm';
import { selectPath } from '../../../src/core/attr-path.ts';
import { parseSearchPathEntry, type SearchPathEntry, splitNixPath } from '../../../src/core/config/nix-path.ts';
import { Settings } from '../../../src/core/config/settings.ts';
import { ansi, colourMarks, filterEscapes } from '../../../src/core/errors/ansi.ts';
import { renderReport } from '../../../src/core/errors/render.ts';
import { OfflineFetching } from '../../../src/core/fetch/offline.ts';
import { GuardedTree } from '../../../src/core/files/access.ts';
import { MemoryTree } from '../../../src/core/files/memory.ts';
import { normalPath, resolveImport } from '../../../src/core/files/paths.ts';
import { FileError, type FileTree } from '../../../src/core/files/tree.ts';
import { HostError, type HostIO, type MessageKind } from '../../../src/core/io.ts';
import { applySettings } from '../../../src/core/machine-settings.ts';
import { MemoryIO } from '../../../src/core/memory-io.ts';
import { Session } from '../../../src/core/session.ts';
import { VirtualStore } from '../../../src/core/store/virtual-store.ts';

export interface Modules {
  evaluator: WebAssembly.Module;
  hashes: WebAssembly.Module;
}

/** A file by its absolute path; `base64` are its bytes. */
export type TestFile = { path: string } & ({ base64: string; executable: boolean } | { link: string } | { folder: true });

export interface Job {
  args: string[];
  folder: string;
  env: Record<string, string>;
  /** Read for `-`. */
  stdin?: string;
}

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

interface Options {
  settings: Settings;
  searchPath: SearchPathEntry[];
  autoArgs: Map<string, { kind: 'expr' | 'string'; text: string }>;
  attrPath: string;
  inputs: string[];
  isExpression: boolean;
  isParsed: boolean;
  strict: boolean;
  location: boolean;
  output: 'plain' | 'json' | 'xml' | 'raw';
}

const takesNothing: Record<string, (options: Options) => void> = {
  '--eval': () => {},
  '--strict': (options) => (options.strict = true),
  '--parse': (options) => (options.isParsed = true),
  '-E': (options) => (options.isExpression = true),
  '--json': (options) => (options.output = 'json'),
  '--xml': (options) => (options.output = 'xml'),
  '--raw': (options) => (options.output = 'raw'),
  '--no-location': (options) => (options.location = false),
  '--impure': (options) => options.settings.set('pure-eval', 'false'),
};

/** Flags that are settings: `--name`, `--no-name` for switches, `--name value` for the others. */
function setSetting({ settings }: Options, flag: string, next: () => string) {
  const name = flag.slice('--'.length);
  if (name.startsWith('no-')) return settings.set(name.slice('no-'.length), 'false');
  return ['show-trace', 'trace-verbose', 'abort-on-warn'].includes(name) ? settings.set(name, 'true') : settings.set(name, next());
}

function parse(args: readonly string[], settings: Settings): Options {
  const options: Options = {
    settings,
    searchPath: [],
    autoArgs: new Map(),
    attrPath: '',
    inputs: [],
    isExpression: false,
    isParsed: false,
    strict: false,
    location: true,
    output: 'plain',
  };
  const todo = [...args].reverse();
  const next = () => todo.pop() ?? '';
  while (todo.length > 0) {
    const arg = next();
    if (takesNothing[arg]) takesNothing[arg](options);
    else if (arg === '-A') options.attrPath = next();
    else if (arg === '-I') options.searchPath.push(parseSearchPathEntry(next()));
    else if (arg === '--arg') options.autoArgs.set(next(), { kind: 'expr', text: next() });
    else if (arg === '--argstr') options.autoArgs.set(next(), { kind: 'string', text: next() });
    else if (arg === '--option') settings.set(next(), next());
    else if (arg.startsWith('--')) setSetting(options, arg, next);
    else options.inputs.push(arg);
  }
  return options;
}

class Instantiate {
  readonly #job: Job;
  readonly #options: Options;
  readonly #session: Session;
  #stdout = '';
  #stderr = '';

  constructor({ evaluator, hashes }: Modules, files: MemoryTree, job: Job) {
    this.#job = job;
    const settings = new Settings();
    this.#options = parse(job.args, settings);
    const pure = settings.bool('pure-eval');
    const base = job.folder;
    const environment = pure ? [] : splitNixPath(job.env.NIX_PATH ?? '').map(parseSearchPathEntry);
    const searchPath = pure ? [] : [...this.#options.searchPath, ...environment];
    const tree = pure || settings.bool('restrict-eval') ? new GuardedTree(files, pure ? 'pure' : 'restricted') : files;
    if (tree instanceof GuardedTree) for (const { value } of searchPath) tree.allow(normalPath(value, base));
    const machine = Evaluator.fromModule(evaluator);
    const now = Math.floor(Date.now() / 1000);
    const around = { readOnly: true, system: 'x86_64-linux', storeDirectory: '/nix/store', searchPath, baseDirectory: base };
    applySettings(machine, settings, { ...around, homeDirectory: job.env.HOME ?? '/', now });
    const io = this.#io(new WasmHashes(hashes), tree, pure);
    this.#session = new Session({
      machine,
      io,
      warn: ({ positioned, position, message }) => {
        if (!positioned) return this.#message('warning', message);
        this.#say(this.#session.render({ marked: message, position }, { level: 'warning', showTrace: false, colour: false }));
      },
    });
  }

  #io(hashes: WasmHashes, files: FileTree, pure: boolean): HostIO {
    const memory = new MemoryIO(hashes.createHasher);
    const offline = new OfflineFetching({ feature: (name) => this.#options.settings.feature(name) });
    const searchPath = (value: string) => {
      const path = normalPath(value, this.#job.folder);
      return files.lstat(path) ? path : undefined;
    };
    return {
      files,
      store: new VirtualStore(files, hashes.createHasher),
      fetching: {
        fetch: (fetcher, args) => offline.fetch(fetcher, args),
        flake: (operation, argument) => offline.flake(operation, argument),
        searchPath,
      },
      env: (name) => (pure || !Object.hasOwn(this.#job.env, name) ? undefined : this.#job.env[name]),
      now: () => memory.now(),
      hash: (bytes, algorithm) => memory.hash(bytes, algorithm),
      exec: (words) => {
        throw new HostError(ErrorCode.Plain, `cannot run '\x0e${words[0] ?? ''}\x0f'`);
      },
      message: (kind, text) => this.#message(kind, text),
    };
  }

  #say(text: string) {
    this.#stderr += `${filterEscapes(text, true)}\n`;
  }

  #message(kind: MessageKind, text: string) {
    if (kind === 'text') this.#say(text);
    else if (kind === 'trace') this.#say(stripMarks(`trace: ${text}`));
    else if (kind === 'warning') this.#say(colourMarks(`${ansi.magenta}warning:${ansi.normal} ${text}`));
    else this.#say(renderReport({ marked: text }, { level: kind, showTrace: false, colour: false, readSource: () => undefined }));
  }

  async run(): Promise<Outcome> {
    try {
      for (const input of this.#options.inputs) await this.#input(input);
      return { status: 0, stdout: this.#stdout, stderr: this.#stderr };
    } catch (error) {
      this.#fail(error);
      return { status: 1, stdout: this.#stdout, stderr: this.#stderr };
    }
  }

  #fail(error: unknown) {
    const showTrace = this.#options.settings.bool('show-trace');
    const known = asNixError(error);
    this.#stderr += `${this.#session.render(known, { showTrace, colour: false })}\n`;
    if (known.code === ErrorCode.Usage) this.#say("Try 'nix-instantiate --help' for more information.");
  }

  async #input(input: string) {
    const { isExpression, isParsed } = this.#options;
    const session = this.#session;
    const path = normalPath(input, this.#job.folder);
    const texts = { '-': { text: this.#job.stdin ?? '', base: this.#job.folder, origin: 'stdin' } } as const;
    const source = input === '-' ? texts['-'] : isExpression ? { text: input, base: this.#job.folder } : undefined;
    const file = source ?? session.fileSource(resolveImport(session.io.files, path));
    if (isParsed) return this.#line(await session.parse(file));
    const args = await this.#arguments();
    const { value } = await selectPath(session, await session.evalString(file), this.#options.attrPath, args);
    const forced = await session.force(value);
    await this.#print(this.#options.autoArgs.size > 0 ? await session.autoCall(forced, args) : forced);
  }

  async #arguments(): Promise<Handle> {
    const { machine } = this.#session;
    const attributes: [string, Handle][] = [];
    for (const [name, { kind, text }] of this.#options.autoArgs) {
      const expression = () => this.#session.run(machine.suspendString({ text, base: this.#job.folder }));
      attributes.push([name, kind === 'expr' ? await expression() : machine.makeString(text)]);
    }
    return machine.makeAttrs(attributes);
  }

  #line(bytes: Uint8Array<ArrayBuffer>) {
    this.#stdout += `${decodeText(bytes)}\n`;
  }

  async #print(value: Handle) {
    const { output, strict, location } = this.#options;
    const flags = strict ? PrintFlag.Strict : 0;
    const session = this.#session;
    if (output === 'raw') this.#stdout += decodeText(await session.coerce(value, 'while generating the nix-instantiate output'));
    else if (output === 'xml')
      this.#stdout += decodeText(await session.print(value, PrintMode.Xml, flags | (location ? PrintFlag.Locations : 0)));
    else this.#line(await session.print(value, output === 'json' ? PrintMode.Json : PrintMode.Plain, flags));
  }
}

function asNixError(error: unknown): NixError {
  if (error instanceof NixError) return error;
  if (error instanceof FileError) return new NixError(ErrorCode.Io, error.message);
  if (error instanceof HostError || error instanceof AbortedError) return new NixError(ErrorCode.Plain, error.message);
  throw error;
}

export function treeOf(files: readonly TestFile[]): MemoryTree {
  const tree = new MemoryTree();
  for (const file of files) {
    if ('link' in file) tree.writeLink(file.path, file.link);
    else if ('folder' in file) tree.writeFolder(file.path);
    else
      tree.write(
        file.path,
        Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0)),
        file,
      );
  }
  return tree;
}

export const instantiate = (modules: Modules, files: MemoryTree, job: Job): Promise<Outcome> => new Instantiate(modules, files, job).run();
