/** The numbers of the Nix archive format, as Nix 2.34 bounds them. */

/** How deep directories may nest. */
export const maxDepth = 64;
/** Bytes of the longest keyword that is read. */
export const maxTag = 32;
/** Bytes of the longest file name. */
export const maxName = 255;
/** Bytes of the longest symlink target. */
export const maxTarget = 4095;
/** The first string of every archive. */
export const magic = 'nix-archive-1';

/** How many zeros follow `size` bytes: everything is a multiple of eight. */
export function padding(size: number): number {
  return (8 - (size % 8)) % 8;
}
