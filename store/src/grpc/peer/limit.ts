/** Many calls at once, but not all. */

/** Calls for each item, with at most `limit` under way; the results are in order. The first failure ends it. */
export async function mapLimited<T, R>(items: readonly T[], limit: number, call: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let [next, failed] = [0, false];
  const work = async () => {
    while (next < items.length && !failed) {
      const at = next++;
      try {
        results[at] = await call(items[at]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
