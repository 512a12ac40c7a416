/**
 * A guard around another race of LMDB as the npm package has it (meta-pages.ts has the first). The last process that closes an environment destroys the
 * mutexes in its lock file (liblmdb, mdb_env_close0), and whoever opens it at that moment waits for the file lock, gets it, and takes the mutexes for good
 * ones. glibc then refuses to lock them, EINVAL, for as long as one process has the environment open. Where they are, on x86-64 with glibc:
 *
 *     0   magic u32 · layout u32                    what LMDB knows the file by
 *     24  mutex of the table of readers             of each mutex:  16  its kind i32; destroying writes -1 and nothing else
 *     64  mutex of syncing
 *     104 mutex of writers
 */
import fs from 'node:fs';
import path from 'node:path';

const magic = 0xbeefc0de;
/** The sizes of what is in the file, as LMDB writes them. */
const layout = 0x2c2f6002;
const kindsAt = [40, 80, 120];
const destroyed = -1;
/** PTHREAD_MUTEX_ROBUST, shared among processes: what LMDB makes them. */
const robustAndShared = 0x90;
const headSize = 128;

/** Makes destroyed mutexes what they were before. Nobody holds them: nobody could lock them. Answers whether there were any. */
export function reviveMutexes(folder: string): boolean {
  const fd = fs.openSync(path.join(folder, 'lock.mdb'), 'r+');
  try {
    const head = Buffer.alloc(headSize);
    if (fs.readSync(fd, head, 0, headSize, 0) !== headSize) return false;
    if (head.readUInt32LE(0) !== magic || head.readUInt32LE(4) !== layout) return false;
    const dead = kindsAt.filter((at) => head.readInt32LE(at) === destroyed);
    const kind = Buffer.alloc(4);
    kind.writeInt32LE(robustAndShared);
    for (const at of dead) fs.writeSync(fd, kind, 0, kind.length, at);
    return dead.length > 0;
  } finally {
    fs.closeSync(fd);
  }
}
