// `vixen store path-info`, `nix path-info`: what is known about paths (nix/path-info.cc).
import { closureInfos, type PathInfo, type Store } from '@vixen/store';
import { type PathInfoVersion, parsePathInfoVersion, pathInfoDocument } from '@vixen/store/formats';
import { renderSize } from '../../../core/sizes.ts';
import type { Flag } from '../../flags.ts';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import type { StoreContext } from '../../store/context.ts';
import { PathSelection } from '../../store/selection.ts';

interface Shown {
  size: boolean;
  closureSize: boolean;
  signatures: boolean;
  human: boolean;
}

const closureSize = async (store: Store, path: string, signal: AbortSignal) =>
  [...(await closureInfos(store, [path], { signal })).values()].reduce((sum, { narSize }) => sum + narSize, 0);

async function line(store: Store, info: PathInfo, width: number, shown: Shown, signal: AbortSignal): Promise<string> {
  const size = (bytes: number) => (shown.human ? renderSize(bytes, true) : String(bytes).padStart(11));
  const columns = [shown.size || shown.closureSize || shown.signatures ? info.path.padEnd(width) : info.path];
  if (shown.size) columns.push(size(info.narSize));
  if (shown.closureSize) columns.push(size(await closureSize(store, info.path, signal)));
  if (shown.signatures) {
    const words = [...(info.ultimate ? ['ultimate'] : []), ...(info.ca ? [`ca:${info.ca}`] : []), ...info.signatures];
    columns.push(words.join(' '));
  }
  return columns.join('\t');
}

/** The JSON of all paths that were asked for; null for those that are not valid. */
async function json(context: StoreContext, store: Store, paths: readonly string[], version: PathInfoVersion, withClosure: boolean) {
  const { signal } = context;
  const infos = await store.pathInfos(paths, { signal });
  const sizes = new Map<string, number>();
  if (withClosure) for (const path of infos.keys()) sizes.set(path, await closureSize(store, path, signal));
  const entries = paths.map((path) => [path, infos.get(path)] as const);
  const extra = (path: string) => (sizes.has(path) ? { closureSize: sizes.get(path) } : {});
  return pathInfoDocument(entries, { version, directory: store.directory, extra });
}

export const pathInfo = storeCommand({
  usage: '[FLAGS] PATH…',
  about: 'Prints what is known about store paths.',
  examples: ['./result', '--recursive --size --closure-size --human-readable ./result', '--json --json-format 2 --all'],
  create() {
    const selection = new PathSelection({ recursive: false });
    const shown: Shown = { size: false, closureSize: false, signatures: false, human: false };
    let asJson = false;
    let format: PathInfoVersion | undefined;
    const flags: Flag[] = [
      ...selection.flags,
      { names: ['--size', '-s'], help: "print the sizes of the paths' archives", run: () => (shown.size = true) },
      { names: ['--closure-size', '-S'], help: 'print the sizes of closures', run: () => (shown.closureSize = true) },
      { names: ['--human-readable', '-h'], help: 'print sizes with units', run: () => (shown.human = true) },
      { names: ['--sigs'], help: 'print signatures', run: () => (shown.signatures = true) },
      { names: ['--json'], help: 'print JSON', run: () => (asJson = true) },
      {
        names: ['--json-format'],
        labels: ['version'],
        help: 'the version of the JSON: 1 or 2',
        run: (text) => (format = parsePathInfoVersion(Number(text))),
      },
    ];
    return {
      flags,
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        if (asJson) {
          if (format === undefined) {
            context.warn(
              "'--json' without '--json-format' is deprecated; please specify '--json-format 1' or '--json-format 2'. This will become an error in a future release.",
            );
          }
          const paths = selection.isRecursive
            ? (await selection.resolve(context, store)).map(({ path }) => path)
            : await selection.paths(context, store);
          writeOut(`${JSON.stringify(await json(context, store, paths, format ?? 1, shown.closureSize))}\n`);
          return;
        }
        const infos = await selection.resolve(context, store);
        const width = Math.max(0, ...infos.map(({ path }) => path.length));
        for (const info of infos) writeOut(`${await line(store, info, width, shown, context.signal)}\n`);
      },
    };
  },
});
