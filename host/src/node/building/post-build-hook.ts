// `post-build-hook`: a program that is told of each build (Nix manual).
import { spawn } from 'node:child_process';

export interface HookOptions {
  readonly hook: string;
  readonly env: Record<string, string | undefined>;
  readonly drvPath: string;
  readonly outPaths: readonly string[];
  readonly signal: AbortSignal;
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** Fails, in Nix's words, when the hook does. */
export function runPostBuildHook({ hook, env, drvPath, outPaths, signal, onOutput }: HookOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(hook, [], {
      env: { ...env, DRV_PATH: drvPath, OUT_PATHS: [...outPaths].sort().join(' ') },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    child.on('error', (cause) => reject(new Error(`executing '${hook}': ${cause.message}`, { cause })));
    child.on('close', (code, killed) => {
      if (code === 0) return resolve();
      const how = killed ? `failed due to signal ${killed}` : `failed with exit code ${code}`;
      reject(new Error(`program '\x0e${hook}\x0f' ${how}`));
    });
  });
}
