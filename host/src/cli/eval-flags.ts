// The flags that all commands which evaluate share (libcmd/common-eval-args.cc, libmain/common-args.cc), and what they have set.
import { parseSearchPathEntry, type SearchPathEntry } from '../core/config/nix-path.ts';
import { ConfigError } from '../core/config/settings.ts';
import { ansi, colourMarks } from '../core/errors/ansi.ts';
import { type LoadedConfig, loadConfig } from '../node/config.ts';
import type { Flag } from './flags.ts';
import { log } from './output.ts';
import { UsageError } from './usage.ts';

/** The value of an argument for functions that are called without one. */
export type AutoArg = { kind: 'expr' | 'string' | 'file'; text: string } | { kind: 'stdin' };

export class EvalFlags {
  readonly config: LoadedConfig = loadConfig(process.env);
  readonly autoArgs = new Map<string, AutoArg>();
  readonly searchPath: SearchPathEntry[] = [];
  store: string | undefined;
  readOnly = false;
  /** Bytes of memory that an evaluation may use; 0 for no limit but the engine's. */
  memoryLimit = 0;
  /** Nix's verbosity: 0 errors only, 3 the default. */
  verbosity = 3;
  /** How builds are shown; '' for what suits. */
  logFormat = '';

  setSetting(name: string, value: string) {
    if (!this.config.settings.set(name, value)) this.config.unknown.push(name);
  }

  /** What `--option` cannot set is said, and forgotten. */
  #setOption(name: string, value: string) {
    try {
      this.setSetting(name, value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log(colourMarks(`${ansi.magenta}warning:${ansi.normal} ${error.message}`));
    }
  }

  readonly flags: Flag[] = [
    {
      names: ['--arg'],
      labels: ['name', 'expr'],
      help: 'pass the value of an expression to functions',
      run: (name, text) => this.autoArgs.set(name!, { kind: 'expr', text: text! }),
    },
    {
      names: ['--argstr'],
      labels: ['name', 'string'],
      help: 'pass a string to functions',
      run: (name, text) => this.autoArgs.set(name!, { kind: 'string', text: text! }),
    },
    {
      names: ['--arg-from-file'],
      labels: ['name', 'path'],
      help: 'pass the contents of a file to functions',
      run: (name, text) => this.autoArgs.set(name!, { kind: 'file', text: text! }),
    },
    {
      names: ['--arg-from-stdin'],
      labels: ['name'],
      help: 'pass the contents of stdin to functions',
      run: (name) => this.autoArgs.set(name!, { kind: 'stdin' }),
    },
    {
      names: ['--include', '-I'],
      labels: ['path'],
      help: 'add an entry to the search path',
      run: (path) => this.searchPath.push(parseSearchPathEntry(path!)),
    },
    { names: ['--impure'], help: 'allow access to everything', run: () => this.setSetting('pure-eval', 'false') },
    { names: ['--store'], labels: ['root'], help: 'the folder that the store lies below', run: (root) => (this.store = root!) },
    { names: ['--eval-store'], labels: ['root'], help: 'the store that is used for evaluation', run: (root) => (this.store = root!) },
    {
      names: ['--option'],
      labels: ['name', 'value'],
      help: 'set a setting of nix.conf',
      run: (name, value) => this.#setOption(name!, value!),
    },
    { names: ['--readonly-mode', '--read-only'], help: 'write nothing to the store', run: () => (this.readOnly = true) },
    { names: ['--verbose', '-v'], help: 'say more', run: () => (this.verbosity += 1) },
    { names: ['--quiet'], help: 'say less', run: () => (this.verbosity = Math.max(0, this.verbosity - 1)) },
    { names: ['--debug'], help: 'say everything', run: () => (this.verbosity = 6) },
    {
      names: ['--memory-limit'],
      labels: ['bytes'],
      help: 'bytes of memory that an evaluation may use (4G, 512M, …)',
      run: (bytes) => {
        this.memoryLimit = parseBytes(bytes!);
      },
    },
    {
      names: ['--log-format'],
      labels: ['format'],
      help: 'how to log: raw, bar, internal-json, …',
      run: (format) => (this.logFormat = format!),
    },
    { names: ['--max-jobs', '-j'], labels: ['jobs'], help: 'builds at a time', run: (jobs) => this.setSetting('max-jobs', jobs!) },
    { names: ['--override-flake'], labels: ['original-ref', 'resolved-ref'], help: 'redirect a flake', run: () => {} },
  ];
}

const units: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const mostMemory = 2 ** 32 - 1;

function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]?)$/i.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`'\x0e${text}\x0f' is not a number of bytes`);
  return Math.min(mostMemory, Number(digits) * units[unit.toUpperCase()]!);
}

/** Flags of the older commands that have no effect on evaluation. */
export const legacyFlags: Flag[] = [
  { names: ['--no-build-output', '-Q'], help: '', run: () => {} },
  { names: ['--keep-failed', '-K'], help: '', run: () => {} },
  { names: ['--keep-going', '-k'], help: '', run: () => {} },
  { names: ['--no-gc-warning'], help: '', run: () => {} },
];
