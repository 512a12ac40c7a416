// `nix-store --serve [--write]`: answers a client on stdin and stdout, as the far end of `ssh://` stores and `nix-copy-closure`.
import { hasErrorCode } from '../../../node/system-error.ts';
import { stdinChunks } from '../../store/streams.ts';
import type { Operation } from '../nix-store.ts';
import { noArguments, refuseFlags } from './contents.ts';

export const serve: Operation = async (context, input) => {
  refuseFlags(input, ['--write']);
  noArguments(input);
  const { serveStore } = await import('@vixen/store/daemon');
  const { signal } = context;
  const write = input.flags.includes('--write');
  await serveStore(await context.store(), stdinChunks(signal), sendToStdout, { write, signal });
};

/** A client that has gone is no error: the process ends quietly. */
const sendToStdout = (parts: readonly Uint8Array[]) =>
  new Promise<void>((resolve, reject) => {
    const [last, ...before] = [...parts].reverse();
    for (const part of before.reverse()) process.stdout.write(part);
    process.stdout.write(last!, (error) => {
      if (hasErrorCode(error, 'EPIPE')) process.exit(0);
      if (error) reject(error);
      else resolve();
    });
  });
