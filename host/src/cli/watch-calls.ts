// `--trace-function-calls` and `--eval-profiler`: what watches calls, and where what it sees goes.
import fs from 'node:fs';
import { type CallWatcher, FunctionTrace, Profile } from '../core/call-watch.ts';
import { ConfigError, type Settings } from '../core/config/settings.ts';
import { systemErrorText } from '../node/system-error.ts';
import { writeErr } from './output.ts';

export interface Watching {
  readonly watcher: CallWatcher;
  /** Writes what was gathered. */
  finish(): void;
}

const nanoseconds = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));

/** The file is opened at once, so that a wrong name is told before the work. */
function openProfile(file: string): number {
  try {
    return fs.openSync(file, 'w', 0o660);
  } catch (cause) {
    throw new ConfigError(`opening file '\x0e${file}\x0f': \x0e${systemErrorText(cause)}\x0f`, { cause });
  }
}

function profile(settings: Settings): Watching {
  const fd = openProfile(settings.text('eval-profile-file'));
  const watcher = new Profile(settings.int('eval-profiler-frequency'), () => performance.now());
  let written = false;
  const finish = () => {
    if (!written) fs.writeSync(fd, watcher.text());
    written = true;
  };
  return { watcher, finish };
}

/** What the settings ask for; undefined where calls are nobody's business. */
export function watchCalls(settings: Settings): Watching | undefined {
  const profiler = settings.text('eval-profiler');
  if (profiler !== 'disabled' && profiler !== 'flamegraph') {
    throw new ConfigError(`option '\x0eeval-profiler\x0f' has invalid value '\x0e${profiler}\x0f' (expected 'disabled' or 'flamegraph')`);
  }
  if (settings.bool('trace-function-calls')) {
    return { watcher: new FunctionTrace((line) => writeErr(`${line}\n`), nanoseconds), finish: () => {} };
  }
  return profiler === 'flamegraph' ? profile(settings) : undefined;
}
