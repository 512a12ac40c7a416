// Writing to a stream of the process at once: nothing is lost when the process ends. Loads next to nothing: a run that has nothing to do ends here.
import fs from 'node:fs';
import { hasErrorCode } from '../node/system-error.ts';

const retryAfter = 5;

/** Pipes that are set to not block are full now and then. */
function waitALittle() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryAfter);
}

export function writeAll(fd: number, bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      if (!hasErrorCode(error, 'EAGAIN')) throw error;
      waitALittle();
    }
  }
}

/** Data for whoever reads stdout. A reader that has gone is no error: the process ends quietly. */
export function writeData(bytes: Uint8Array) {
  try {
    writeAll(1, bytes);
  } catch (error) {
    if (hasErrorCode(error, 'EPIPE')) process.exit(0);
    throw error;
  }
}
