/** Writes a file by way of a thread: `threads-program FILE`. */
import { WriterPool } from '../tree/writer-pool.ts';

const pool = new WriterPool('canonical', { threadAfter: -1 });
const contents = new Uint8Array(3 * 1024 * 1024).fill(0x20);
// The first batch starts threads, the others go to them.
for (const [name, bytes] of [
  [`${process.argv[2]}-first`, contents],
  [process.argv[2]!, Buffer.from('contents')],
] as const) {
  pool.file(Buffer.from(name), false);
  pool.contents(bytes);
  await pool.drain();
}
await pool.finish();
