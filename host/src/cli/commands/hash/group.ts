// `vixen hash`, `nix hash`.
import { groupRun } from '../../groups.ts';

export const hashGroup = groupRun('Computes and converts hashes.', {
  convert: { about: 'convert between formats', load: async () => (await import('./convert.ts')).hashConvert },
  path: { about: 'print the hash of the archive of a path', load: async () => (await import('./path.ts')).hashPathCommand },
  file: { about: 'print the hash of a file', load: async () => (await import('./path.ts')).hashFileCommand },
  'to-base16': { about: '', hidden: true, load: async () => (await import('./convert.ts')).hashToBase16 },
  'to-base32': { about: '', hidden: true, load: async () => (await import('./convert.ts')).hashToBase32 },
  'to-base64': { about: '', hidden: true, load: async () => (await import('./convert.ts')).hashToBase64 },
  'to-sri': { about: '', hidden: true, load: async () => (await import('./convert.ts')).hashToSri },
});
