// A process that does one `nix-instantiate` after the other: the command line in process, with the Wasm module compiled once.
import fs from 'node:fs';
import { nixInstantiate } from '../../../host/src/cli/compat/nix-instantiate.ts';
import type { Outcome } from './cases.ts';

export interface Job {
  args: string[];
  folder: string;
  env: Record<string, string>;
}

const written: Record<number, Uint8Array[]> = { 1: [], 2: [] };
const { writeSync } = fs;

// The command line writes to file descriptors 1 and 2, and only in this way.
const capture = (fd: number, data: Uint8Array | string, offset?: number | null, ...rest: never[]): number => {
  const parts = written[fd];
  if (!parts) return writeSync(fd, data as Uint8Array, offset, ...rest);
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const copy = Uint8Array.from(bytes.subarray(offset ?? 0));
  parts.push(copy);
  return copy.length;
};
fs.writeSync = capture as typeof fs.writeSync;

function take(fd: number): string {
  const text = Buffer.concat(written[fd] ?? []).toString();
  written[fd] = [];
  return text;
}

async function run({ args, folder, env }: Job): Promise<Outcome> {
  process.chdir(folder);
  Object.assign(process.env, env);
  try {
    const status = await nixInstantiate(['--eval', '--strict', ...args]);
    return { status, stdout: take(1), stderr: take(2) };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    return { status: 128, stdout: take(1), stderr: `${take(2)}${stack}` };
  }
}

process.on('message', async (job: Job) => process.send?.(await run(job)));
