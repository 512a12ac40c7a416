// `nix nar`: archives in files, without a store.
import { groupRun } from '../../groups.ts';

export const narGroup = groupRun('Makes and reads archives (NAR).', {
  ls: { about: 'list what lies in an archive', load: async () => (await import('./archive.ts')).narLs },
  cat: { about: 'print the contents of a file in an archive', load: async () => (await import('./archive.ts')).narCat },
  pack: { about: 'write the archive of files to stdout', load: async () => (await import('./archive.ts')).narPack, aliases: ['dump-path'] },
});
