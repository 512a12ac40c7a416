// `vixen store`, `nix store`.
import { type Group, groupRun } from '../../groups.ts';

/** What both have. */
export const storeGroupTable: Group = {
  add: { about: 'add files and folders', load: async () => (await import('./add.ts')).storeAdd, aliases: ['add-path'] },
  'add-file': { about: '', hidden: true, load: async () => (await import('./add.ts')).storeAddFile },
  ls: { about: 'list what lies at a path', load: async () => (await import('./ls.ts')).storeLs },
  cat: { about: 'print the contents of a file', load: async () => (await import('./ls.ts')).storeCat },
  info: { about: 'test whether a store can be accessed', load: async () => (await import('./info.ts')).storeInfo, aliases: ['ping'] },
  'dump-path': { about: 'write the archive of a path to stdout', load: async () => (await import('./nar.ts')).dumpStorePath },
  'path-from-hash-part': { about: 'print the path that begins with a hash', load: async () => (await import('./nar.ts')).pathFromHashPart },
  verify: { about: 'verify contents and signatures', load: async () => (await import('./verify.ts')).storeVerify },
  repair: { about: 'fetch damaged paths again', load: async () => (await import('./repair.ts')).storeRepair },
  sign: { about: 'sign paths', load: async () => (await import('./sign.ts')).storeSign },
  'copy-sigs': { about: 'copy signatures from other stores', load: async () => (await import('./sign.ts')).copySignatures },
  'copy-log': { about: 'copy build logs to another store', load: async () => (await import('./copy-log.ts')).copyLog },
  gc: { about: 'delete what no root keeps alive', load: async () => (await import('./gc.ts')).storeGc },
  delete: { about: 'delete paths', load: async () => (await import('./gc.ts')).storeDelete },
  'diff-closures': { about: 'compare the packages of two closures', load: async () => (await import('./diff-closures.ts')).diffClosures },
  'prefetch-file': { about: 'download a file into the store', load: async () => (await import('./prefetch.ts')).prefetchFile },
  optimise: { about: '', hidden: true, load: async () => (await import('./optimise.ts')).storeOptimise },
};

export const nixStoreGroup = groupRun('Works on a store.', storeGroupTable);

export const storeGroup = groupRun('Works on a store.', {
  ...storeGroupTable,
  'path-info': { about: 'print what is known about paths', load: async () => (await import('./path-info.ts')).pathInfo },
  copy: { about: 'copy paths between stores', load: async () => (await import('./copy.ts')).storeCopy },
  serve: { about: 'serve a store: gRPC, HTTP, the daemon protocol', load: async () => (await import('./serve.ts')).storeServe },
  roots: { about: 'print the roots that keep paths alive', load: async () => (await import('./gc.ts')).storeRoots },
  export: { about: 'write paths to stdout', load: async () => (await import('./export.ts')).storeExport },
  import: { about: 'take in what export has written', load: async () => (await import('./export.ts')).storeImport },
  checkout: { about: 'make paths files on this machine', load: async () => (await import('./checkout.ts')).storeCheckout },
});
