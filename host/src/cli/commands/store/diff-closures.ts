// `nix store diff-closures`: which packages came, went or changed between two closures (nix/diff-closures.cc).
import { closureInfos, type Store } from '@vixen/store';
import { renderSize } from '../../../core/sizes.ts';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { storePathOf } from '../../store/paths.ts';
import { UsageError } from '../../usage.ts';

interface Package {
  /** Versions with the bytes of their archives. */
  readonly versions: Map<string, number>;
}

const digits = 32;
// Output names look like version suffixes; this is Nix's guess, too.
const outputSuffix = /^(.*)-(?:[a-z]+|lib32|lib64)$/s;
// A version begins with the first dash that no letter follows (libstore/names.cc).
const versionStart = /-(?![A-Za-z])/;

/** The package and version of a store path's name. */
export function packageOf(path: string): { name: string; version: string } {
  const whole = path.slice(path.lastIndexOf('/') + digits + 2);
  const name = outputSuffix.exec(whole)?.[1] ?? whole;
  const at = name.search(versionStart);
  return at < 0 ? { name, version: '' } : { name: name.slice(0, at), version: name.slice(at + 1) };
}

async function packagesOf(store: Store, path: string, signal: AbortSignal): Promise<Map<string, Package>> {
  const packages = new Map<string, Package>();
  for (const info of (await closureInfos(store, [path], { signal })).values()) {
    const { name, version } = packageOf(info.path);
    const found = packages.get(name) ?? { versions: new Map() };
    packages.set(name, found);
    found.versions.set(version, (found.versions.get(version) ?? 0) + info.narSize);
  }
  return packages;
}

const noPackage: Package = { versions: new Map() };
const least = 8 * 1024;
const total = ({ versions }: Package) => [...versions.values()].reduce((sum, size) => sum + size, 0);

function shown(versions: readonly string[]): string {
  return versions.length === 0 ? '∅' : [...new Set(versions.map((version) => version || 'ε'))].sort().join(', ');
}

/** The line about one package; undefined where nothing changed that is worth it. */
function difference(before: Package, after: Package): string | undefined {
  const removed = [...before.versions.keys()].filter((version) => !after.versions.has(version));
  const added = [...after.versions.keys()].filter((version) => !before.versions.has(version));
  const delta = total(after) - total(before);
  const parts = removed.length + added.length > 0 ? [`${shown(removed)} → ${shown(added)}`] : [];
  if (Math.abs(delta) >= least) parts.push(`${delta > 0 ? '\x1b[31;1m' : '\x1b[32;1m'}${renderSize(delta)}\x1b[0m`);
  return parts.length === 0 ? undefined : parts.join(', ');
}

const coloured = (text: string) => (process.stdout.isTTY === true && process.env.NO_COLOR === undefined ? text : colourless(text));
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const colourless = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, '');

export const diffClosures = storeCommand({
  usage: 'BEFORE AFTER',
  about: 'Shows which packages and versions two closures differ in.',
  examples: ['./result-old ./result'],
  create() {
    const words: string[] = [];
    return {
      positional: (word) => words.push(word),
      async run(context) {
        if (words.length !== 2) throw new UsageError('two paths expected');
        const store = await context.store();
        const [before, after] = await Promise.all(words.map((word) => packagesOf(store, storePathOf(store, word), context.signal)));
        for (const name of [...new Set([...before!.keys(), ...after!.keys()])].sort()) {
          const text = difference(before!.get(name) ?? noPackage, after!.get(name) ?? noPackage);
          if (text !== undefined) writeOut(`${coloured(`${name}: ${text}`)}\n`);
        }
      },
    };
  },
});
