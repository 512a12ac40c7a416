import fs from 'node:fs';

/** All of stdin. */
export const readStdin = () => fs.readFileSync(0);
