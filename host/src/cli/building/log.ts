// Logs of builds on stdout.
import type { Store } from '@vixen/store';
import { writeOut } from '../output.ts';

/** Answers whether the store has the log. */
export async function printLog(store: Store, drvPath: string): Promise<boolean> {
  const found = await store.logs?.get(drvPath);
  if (!found) return false;
  for await (const chunk of found) writeOut(chunk);
  return true;
}
