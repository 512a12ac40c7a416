// `builtins.fetchClosure`: a store path, with all that it refers to, from a binary cache (libexpr/primops/fetchClosure.cc).
import { copyPaths, type PathInfo, type Store } from '@vixen/store';
import { fetchError, q } from '../../core/fetch/input.ts';
import { openHostStore } from '../stores.ts';
import type { FetchContext } from './context.ts';

export interface ClosureArguments {
  readonly fromStore: string;
  readonly fromPath: string;
  /** The content-addressed form of it; '' for what is to be told. */
  readonly toPath?: string | undefined;
  readonly inputAddressed: boolean;
}

/** Copies what is not there; answers the path. */
export async function fetchClosure(
  context: FetchContext,
  { fromStore, fromPath, toPath, inputAddressed }: ClosureArguments,
): Promise<string> {
  const { store, allow } = context;
  const path = toPath || fromPath;
  if (!(await store.isValid(path))) {
    if (toPath !== undefined) throw fetchError(`cannot rewrite ${q(fromPath)} to content-addressed form: Vixen does not do that yet`);
    await copyFrom(context, fromStore, fromPath);
  }
  checkAddressing((await store.info(path))!, { fromPath, toPath, inputAddressed });
  for (const entry of await store.closure(path)) allow(entry.path);
  return path;
}

async function copyFrom({ store, settings, activity }: FetchContext, url: string, path: string): Promise<void> {
  activity(`copying '${path}' from '${url}'`);
  let from: Store | undefined;
  try {
    from = await openHostStore(url, { settings, env: process.env });
    await copyPaths(from, await store.store(), [path]);
  } finally {
    await from?.close();
    activity('');
  }
}

/** What a path is has to be what was said: only contents that make their own address need no trust. */
function checkAddressing({ ca }: PathInfo, { fromPath, toPath, inputAddressed }: Omit<ClosureArguments, 'fromStore'>): void {
  if (toPath !== undefined && ca === undefined) {
    throw fetchError(
      `The 'toPath' value ${q(toPath)} is input-addressed, so it can't possibly be the result of rewriting to a content-addressed path.\n\nSet 'toPath' to an empty string to make Nix report the correct content-addressed path.`,
    );
  }
  if (toPath !== undefined) return;
  if (inputAddressed && ca !== undefined) {
    throw fetchError(
      `The store object referred to by 'fromPath' at ${q(fromPath)} is not input-addressed, but 'inputAddressed' is set to 'true'.\n\nRemove the 'inputAddressed' attribute (it defaults to 'false') to expect 'fromPath' to be content-addressed`,
    );
  }
  if (inputAddressed || ca !== undefined) return;
  throw fetchError(
    `The 'fromPath' value ${q(fromPath)} is input-addressed, but 'inputAddressed' is set to 'false' (default).\n\nIf you do intend to fetch an input-addressed store path, add\n\n    inputAddressed = true;\n\nto the 'fetchClosure' arguments.\n\nNote that to ensure authenticity input-addressed store paths, users must configure a trusted binary cache public key on their systems. This is not needed for content-addressed paths.`,
  );
}
