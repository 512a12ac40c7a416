// The drop-in `nix-store` (nix/nix-store/nix-store.cc): one operation, its flags, its arguments.
import type { Flag } from '../flags.ts';
import { writeOut } from '../output.ts';
import { type StoreCommandSpec, storeCommand } from '../store/command.ts';
import type { StoreContext } from '../store/context.ts';
import { UsageError } from '../usage.ts';
import { nixVersion } from '../version.ts';

/** What an operation is given: its own flags in their order, and its arguments. */
export interface OperationInput {
  readonly flags: readonly string[];
  readonly args: readonly string[];
  /** `--add-root`. */
  readonly root: string | undefined;
  /** `--max-freed`, `--max-links`, …: values of flags that have one. */
  readonly values: ReadonlyMap<string, string>;
  readonly noOutput: boolean;
}

export type Operation = (context: StoreContext, input: OperationInput) => Promise<number | void>;

interface OperationEntry {
  readonly names: readonly string[];
  readonly help: string;
  readonly load: () => Promise<Operation>;
  /** Reads stdin itself, so `--stdin` does not mean arguments. */
  readonly takesStdin?: boolean;
}

const contents = () => import('./store/contents.ts');
const collecting = () => import('./store/collecting.ts');
const registering = () => import('./store/registering.ts');

const operations: readonly OperationEntry[] = [
  { names: ['--query', '-q'], help: 'ask about store paths', load: async () => (await import('./store/query.ts')).query },
  { names: ['--realise', '--realize', '-r'], help: 'make paths valid', load: async () => (await import('./store/realise.ts')).realise },
  { names: ['--add', '-A'], help: 'add files and folders', load: async () => (await contents()).add },
  { names: ['--add-fixed'], help: 'add by the hash of the bytes', load: async () => (await contents()).addFixed },
  { names: ['--print-fixed-path'], help: 'compute the path of a known hash', load: async () => (await contents()).printFixedPath },
  { names: ['--dump'], help: 'write the archive of a path to stdout', load: async () => (await contents()).dump },
  { names: ['--restore'], help: 'make files of an archive on stdin', load: async () => (await contents()).restore, takesStdin: true },
  { names: ['--export'], help: 'write store paths to stdout', load: async () => (await contents()).exportOperation },
  {
    names: ['--import'],
    help: 'take in what --export has written',
    load: async () => (await contents()).importOperation,
    takesStdin: true,
  },
  {
    names: ['--serve'],
    help: 'answer a client of ssh:// on stdin and stdout; with --write it may add paths',
    load: async () => (await import('./store/serving.ts')).serve,
    takesStdin: true,
  },
  { names: ['--gc'], help: 'delete what no root keeps alive', load: async () => (await collecting()).gc },
  { names: ['--delete'], help: 'delete paths', load: async () => (await collecting()).deletePaths },
  { names: ['--verify'], help: 'check the store', load: async () => (await collecting()).verify },
  { names: ['--verify-path'], help: 'check the contents of paths', load: async () => (await collecting()).verifyPath },
  { names: ['--repair-path'], help: 'fetch damaged paths again', load: async () => (await collecting()).repairPath },
  {
    names: ['--optimise', '--optimize'],
    help: 'nothing: equal files are kept once anyway',
    load: async () => (await collecting()).optimise,
  },
  { names: ['--check-validity'], help: 'fail for paths that are not valid', load: async () => (await registering()).checkValidity },
  { names: ['--dump-db'], help: 'print what is registered', load: async () => (await registering()).dumpDb },
  { names: ['--load-db'], help: 'register what --dump-db has printed', load: async () => (await registering()).loadDb, takesStdin: true },
  { names: ['--init'], help: 'nothing: stores are made when they are used', load: async () => async () => {} },
  { names: ['--print-env'], help: "print a derivation's environment", load: async () => (await registering()).printEnv },
  { names: ['--read-log', '-l'], help: 'print the log of a build', load: async () => (await registering()).readLog },
  { names: ['--generate-binary-cache-key'], help: 'make a pair of keys', load: async () => (await import('./store/keys.ts')).generateKey },
];

/** Flags of operations that have a value. */
const valued = ['--max-freed', '--max-links', '--max-atime'];

class Words {
  entry: OperationEntry | undefined;
  readonly flags: string[] = [];
  readonly args: string[] = [];
  readonly values = new Map<string, string>();
  root: string | undefined;
  noOutput = false;
  stdin = false;
  version = false;

  choose(entry: OperationEntry) {
    if (this.entry && this.entry !== entry) throw new UsageError('only one operation may be specified');
    this.entry = entry;
  }
}

function flagsOf(words: Words): Flag[] {
  return [
    ...operations.map((entry): Flag => ({ names: [...entry.names], help: entry.help, run: () => words.choose(entry) })),
    { names: ['--add-root'], labels: ['path'], help: 'keep the result by a link', legacy: true, run: (path) => (words.root = path!) },
    { names: ['--indirect'], help: '', run: () => {} },
    { names: ['--no-output'], help: '', run: () => (words.noOutput = true) },
    { names: ['--stdin'], help: 'read arguments from stdin, too', run: () => (words.stdin = true) },
    { names: ['--version'], help: 'print the version', run: () => (words.version = true) },
    ...valued.map(
      (name): Flag => ({
        names: [name],
        labels: ['n'],
        help: '',
        legacy: true,
        run: (value) => {
          words.flags.push(name);
          words.values.set(name, value!);
        },
      }),
    ),
  ];
}

/** Whether the operation that stands in the arguments has this flag of its own. Those of `--query` overlap with the program's. */
const spec: StoreCommandSpec = {
  usage: 'OPERATION [FLAGS] [ARGUMENTS…]',
  about: 'Works on the store.',
  examples: [
    '-q --references ./result',
    '-qR ./result',
    '--add ./src',
    '--dump ./src > src.nar',
    '--gc --print-dead',
    '--verify --check-contents',
  ],
  create() {
    const words = new Words();
    return {
      flags: flagsOf(words),
      positional: (word) => words.args.push(word),
      unknownFlag: (flag) => words.flags.push(flag),
      async run(context) {
        if (words.version) return writeOut(`nix-store (Nix) ${nixVersion}\n`);
        const { entry, flags, args, root, values, noOutput } = words;
        if (!entry) throw new UsageError('no operation specified');
        if (words.stdin && !entry.takesStdin) args.push(...(await wordsOfStdin()));
        return (await entry.load())(context, { flags, args, root, values, noOutput });
      },
    };
  },
};

async function wordsOfStdin(): Promise<string[]> {
  const { readStdin } = await import('../stdin.ts');
  return new TextDecoder()
    .decode(readStdin())
    .split(/\s+/)
    .filter((word) => word !== '');
}

export const nixStore = storeCommand(spec);
