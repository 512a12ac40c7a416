// nixpkgs: a pack beside the page, fetched as evaluation asks for it.
import {
  FileError,
  type FileTree,
  HttpSource,
  LazyTree,
  MissingTree,
  MountedTree,
  openPack,
  PackError,
  type PackFigures,
} from '@vixen/host';
import type { HasherFactory } from '@vixen/wasm';
import { scope } from './port.ts';

/** Where evaluation sees it. */
export const nixpkgsFolder = '/nixpkgs';

const noPack = 'there is no nixpkgs beside this page: `npm run playground:pack -- NIXPKGS` makes one out of a nixpkgs folder';
// Milliseconds between two messages to the page.
const rhythm = 100;

/** Tells the page what was fetched, but not of every block. */
function teller(label: () => string): (figures: Readonly<PackFigures>) => void {
  let isWaiting = false;
  return (figures) => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      scope.postMessage({ type: 'pack', label: label(), figures: { ...figures } });
    }, rhythm);
  };
}

async function open(site: string, hashers: HasherFactory): Promise<FileTree> {
  const source = new HttpSource({ url: new URL('pack/', site).href, cache: `vixen-pack:${site}` });
  try {
    const pack = await openPack(source, { hashers, progress: teller(() => pack.manifest.label) });
    return pack;
  } catch (error) {
    if (!(error instanceof PackError && error.code === 'absent')) throw error;
    return new MissingTree(() => {
      throw new FileError('failed', noPack, { cause: error });
    });
  }
}

/** Nothing is asked for before a program does. */
export const nixpkgs = (site: string, hashers: HasherFactory): FileTree =>
  new MountedTree(nixpkgsFolder, new LazyTree(() => open(site, hashers)));
