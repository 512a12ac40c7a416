/** How processes end, in Nix's words (libutil/processes.cc, statusToString). */
import { constants } from 'node:os';

// What strsignal of glibc says of those that builds end by.
const signalTexts: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
  SIGSYS: 'Bad system call',
};

export interface ProcessEnd {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}

/** `failed with exit code 1`, `failed due to signal 9 (Killed)`. */
export function endOfProcess({ exitCode, signal }: ProcessEnd): string {
  if (signal !== undefined) {
    const number = (constants.signals as Record<string, number | undefined>)[signal] ?? 0;
    return `failed due to signal ${number} (${signalTexts[signal] ?? signal})`;
  }
  return exitCode === undefined ? 'died abnormally' : `failed with exit code ${exitCode}`;
}
