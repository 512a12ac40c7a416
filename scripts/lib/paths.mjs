// Where things stand in the repository, for every script.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The absolute path of something named from the top of the repository. */
export const at = (...parts) => path.join(root, ...parts);
