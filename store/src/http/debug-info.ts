/** Links from build ids to archives that have the debug information (`index-debug-info`; libstore/binary-cache-store.cc). */
import { findInListing, type Listing } from '../formats/listing.ts';

const folder = ['lib', 'debug', '.build-id'];

/** The files `debuginfo/<build id>` for an archive: their names and contents. */
export function* debugInfoLinks(root: Listing, narUrl: string): Generator<{ name: string; json: string }> {
  const ids = findInListing(root, folder);
  if (ids?.type !== 'directory') return;
  for (const [first, files] of ids.entries) {
    if (files.type !== 'directory' || !/^[0-9a-f]{2}$/.test(first)) continue;
    for (const [rest, file] of files.entries) {
      if (file.type !== 'regular' || !/^[0-9a-f]{38}\.debug$/.test(rest)) continue;
      const member = [...folder, first, rest].join('/');
      yield { name: `debuginfo/${first}${rest}`, json: JSON.stringify({ archive: `../${narUrl}`, member }) };
    }
  }
}
