// `vixen store gc`, `nix store gc`, `nix store delete`, `vixen store roots`: what is dead goes (nix/store-gc.cc, nix/store-delete.cc).
import { type CollectOptions, type CollectorService, type CollectResult, type Store, unsupported } from '@vixen/store';
import { renderSize } from '../../../core/sizes.ts';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { PathSelection } from '../../store/selection.ts';
import { UsageError } from '../../usage.ts';

/** The collector of a store that has one. */
export function collectorOf(store: Store): CollectorService {
  if (!store.collector) throw unsupported(store.url, 'garbage collection');
  return store.collector;
}

export const freedLine = ({ paths, bytesFreed }: CollectResult) => `${paths.length} store paths deleted, ${renderSize(bytesFreed)} freed\n`;

/** Removes, and says how much was freed, also when an error ends it early. */
export async function collectAndTell(store: Store, options: CollectOptions) {
  const deleted: string[] = [];
  try {
    const result = await collectorOf(store).collect({ ...options, onPath: (path) => deleted.push(path) });
    writeOut(freedLine(result));
  } catch (error) {
    writeOut(freedLine({ paths: deleted, bytesFreed: 0 }));
    throw error;
  }
}

/** Reads a number of bytes with an optional unit. */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMGT]?)$/i.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`'\x0e${text}\x0f' is not a number of bytes`);
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(unit.toUpperCase());
}

export const storeGc = storeCommand({
  usage: '[FLAGS]',
  about: 'Deletes the store paths that no root keeps alive, directly or not.',
  examples: ['', '--dry-run', '--max 10G'],
  create() {
    let dryRun = false;
    let max: number | undefined;
    const flags: Flag[] = [
      { names: ['--dry-run'], help: 'say what would be deleted', run: () => (dryRun = true) },
      { names: ['--max'], labels: ['n'], help: 'stop after freeing so many bytes', run: (text) => (max = parseSize(text!)) },
    ];
    return {
      flags,
      async run(context) {
        const { signal } = context;
        if (dryRun && max !== undefined) throw new UsageError('options --max and --dry-run cannot be combined');
        const store = await context.store();
        if (dryRun) {
          const { paths } = await collectorOf(store).collect({ mode: 'dead', signal });
          writeOut(`${paths.length} store paths would be deleted\n`);
          if (context.program.startsWith('vixen')) for (const path of paths) context.info(path);
          return;
        }
        await collectAndTell(store, { mode: 'delete', signal, ...(max !== undefined && { maxFreed: max }) });
      },
    };
  },
});

export const storeDelete = storeCommand({
  usage: '[FLAGS] PATH…',
  about: 'Deletes store paths that nothing keeps alive.',
  examples: ['/nix/store/…-hello-2.12'],
  create() {
    const selection = new PathSelection({ recursive: false });
    let ignoreLiveness = false;
    const liveness: Flag = { names: ['--ignore-liveness'], help: 'even if roots keep them', run: () => (ignoreLiveness = true) };
    return {
      flags: [liveness, ...selection.flags],
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        const paths = selection.isRecursive
          ? (await selection.resolve(context, store)).map(({ path }) => path)
          : await selection.paths(context, store);
        await collectAndTell(store, { mode: 'specific', paths, ignoreLiveness, signal: context.signal });
      },
    };
  },
});

/** Prints roots as `link -> path`, sorted. */
export async function printRoots(store: Store, signal: AbortSignal, wanted: (path: string) => boolean = () => true) {
  const lines: string[] = [];
  for await (const { name, path } of collectorOf(store).roots({ signal })) if (wanted(path)) lines.push(`${name} -> ${path}\n`);
  for (const line of lines.sort()) writeOut(line);
}

export const storeRoots = storeCommand({
  usage: '[FLAGS]',
  about: 'Prints the roots that keep store paths alive.',
  examples: ['', '--json'],
  create() {
    let json = false;
    return {
      flags: [{ names: ['--json'], help: 'print JSON', run: () => (json = true) }],
      async run(context) {
        const store = await context.store();
        if (!json) return printRoots(store, context.signal);
        const roots: { root: string; path: string }[] = [];
        for await (const { name, path } of collectorOf(store).roots({ signal: context.signal })) roots.push({ root: name, path });
        writeOut(`${JSON.stringify(roots)}\n`);
      },
    };
  },
});
