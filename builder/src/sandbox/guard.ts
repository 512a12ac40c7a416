/** Ends builds that take too long, are silent for too long, or use more of the disk than they may. */
import fs from 'node:fs';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { Breath } from './breath.ts';
import { tooLarge } from './outputs.ts';
import type { Prepared } from './prepare.ts';

const blockSize = 512;
/** What a file takes besides its blocks: an inode of ext4. Without, empty files would count for nothing. */
const inodeSize = 256;
/** A disk with fewer inodes is full. */
const freeInodes = 1000;
const second = 1000;

export class Guard {
  readonly #prepared: Prepared;
  readonly #stop: (reason: BuildError) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #started = performance.now();
  #heard = performance.now();
  #measuring = false;

  constructor(prepared: Prepared, stop: (reason: BuildError) => void) {
    this.#prepared = prepared;
    this.#stop = stop;
    const { time, silence, output, freeSpace } = prepared.request.limits;
    if (time > 0 || silence > 0 || output > 0 || freeSpace > 0) this.#timer = setInterval(() => this.#look(), this.#period());
  }

  /** Shorter limits are looked at more often. */
  #period(): number {
    const { time, silence } = this.#prepared.request.limits;
    const shortest = Math.min(...[time, silence].filter((limit) => limit > 0), 4);
    return Math.max(20, Math.min(second, (shortest * second) / 4));
  }

  heard(): void {
    this.#heard = performance.now();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { time, silence, freeSpace } = this.#prepared.request.limits;
    const now = performance.now();
    if (time > 0 && now - this.#started >= time * second) this.#stop(new BuildError('timed-out', `timed out after ${time} seconds`));
    else if (silence > 0 && now - this.#heard >= silence * second) {
      this.#stop(new BuildError('silent', `timed out after ${silence} seconds of silence`));
    } else if (freeSpace > 0) this.#lookAtDisk(freeSpace);
    this.#measure().catch((error) =>
      this.#stop(new BuildError('resources', 'cannot measure what the build has written', { cause: error })),
    );
  }

  #lookAtDisk(freeSpace: number): void {
    const { bavail, bsize, files, ffree } = fs.statfsSync(this.#prepared.folder);
    if (bavail * bsize < freeSpace) {
      this.#stop(new BuildError('resources', `fewer than ${freeSpace} bytes of the disk are free`));
    } else if (files > 0 && ffree < freeInodes) this.#stop(new BuildError('resources', 'the disk has no room for more files'));
  }

  async #measure(): Promise<void> {
    const { limits, outputs } = this.#prepared.request;
    if (limits.output === 0 || this.#measuring) return;
    this.#measuring = true;
    try {
      const folders = this.#prepared.scratch.filter((each) => outputs.some((file) => file.startsWith(`${each.path}/`)));
      let bytes = 0;
      for (const { place } of folders) bytes += await allocated(place, limits.output);
      if (bytes > limits.output) this.#stop(tooLarge(bytes, limits.output));
    } finally {
      this.#measuring = false;
    }
  }
}

/** Bytes on the disk below a folder that changes meanwhile; no more are counted than it takes to be above the limit. */
async function allocated(folder: string, limit: number): Promise<number> {
  const breath = new Breath();
  const open = [Buffer.from(folder).toString('latin1')];
  let bytes = 0;
  for (let file = open.pop(); file !== undefined && bytes <= limit; file = open.pop()) {
    const waiting = breath.take();
    if (waiting) await waiting;
    try {
      const stat = fs.lstatSync(Buffer.from(file, 'latin1'));
      bytes += stat.blocks * blockSize + inodeSize;
      if (!stat.isDirectory()) continue;
      for (const name of fs.readdirSync(Buffer.from(file, 'latin1'), { encoding: 'latin1' })) open.push(path.posix.join(file, name));
    } catch {
      // It is gone, or too deep for a name: what is wrong with it shows at the end.
    }
  }
  return bytes;
}
