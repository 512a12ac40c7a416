/** Trees that a number makes: the same number, the same tree. */
import { noise, type Tree } from './trees.ts';

/** Numbers from 0 up to a limit, the same for the same seed. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = (Math.imul(seed + 1, 2654435761) | 1) >>> 0;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** Some files, small ones and now and then one that is stored as a file; contents that other trees share. */
export function randomTree(seed: number): Tree {
  const next = randomNumbers(seed);
  const file = (): Tree => {
    const size = next(12) === 0 ? 66_000 + next(200_000) : next(5000);
    return { file: noise(size, next(60)), executable: next(4) === 0 };
  };
  const directory = (depth: number): Tree => {
    const entries: Record<string, Tree> = { seed: { file: `${seed}` } };
    const count = 1 + next(6);
    for (let i = 0; i < count; i++) {
      const kind = next(8);
      entries[`e${i}`] = kind === 0 && depth > 0 ? directory(depth - 1) : kind === 1 ? { link: `e${next(9)}` } : file();
    }
    return { entries };
  };
  return directory(3);
}
