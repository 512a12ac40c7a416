/** Programs that are ends of our streams: by named pipes, since Nix may run where our programs are not. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import type { NixOracle } from './oracle.ts';

export interface Bridge {
  /** A program for one run. */
  readonly program: string;
  /** What it reads, and what it has to say. */
  readonly input: fs.ReadStream;
  readonly output: fs.WriteStream;
  /** Ends both, also where the program has never run: until then they wait for its side. */
  close(): void;
}

let bridges = 0;

export async function bridge(nix: NixOracle): Promise<Bridge> {
  bridges += 1;
  const [input, output, program] = ['in', 'out', 'program'].map((name) => nix.at(`bridge-${bridges}-${name}`)) as [string, string, string];
  await new Promise((resolve) => spawn('mkfifo', [input, output]).once('exit', resolve));
  fs.writeFileSync(program, `#!/bin/sh\ncat ${output} &\nexec cat >${input}\n`, { mode: 0o755 });
  const close = () => {
    for (const pipe of [input, output]) fs.closeSync(fs.openSync(pipe, 'r+'));
  };
  return { program, input: fs.createReadStream(input), output: fs.createWriteStream(output), close };
}
