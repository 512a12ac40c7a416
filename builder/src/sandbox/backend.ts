/** What differs between sandboxes: how a prepared build is started, and how it is ended. */
import type { Prepared } from './prepare.ts';

export interface Exit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A program of its own. */
export interface Program {
  /** The program of this machine and its arguments. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Descriptors for the program, from 3 on, which are closed here when it has started; `status` is a pipe to `onStatus`. */
  readonly descriptors: readonly (number | 'status')[];
  /** Whom the program starts as. */
  readonly user: number | undefined;
  readonly onStatus?: (text: string) => void;
}

export interface Launch {
  readonly program?: Program;
  /** In place of a program: starts the build in one that runs already; `log` is the FIFO that its output goes to. */
  readonly start?: (log: string) => { readonly pid: number | undefined; readonly exit: Promise<Exit> };
  /** Sends SIGKILL to all of it, as soon as that is known. May be called often. */
  kill(pid: number): void;
  /** Ends what may still live when the program has ended. */
  sweep(pid: number, wasKilled: boolean): Promise<void>;
  /** Whether the program failed before the build began: what it said then. */
  failure?(code: number | undefined, log: string): string | undefined;
  /** Frees what the launch took, in any case. */
  close?(): void;
}

export interface Backend {
  readonly name: string;
  readonly sandboxed: boolean;
  readonly reason: string;
  launch(prepared: Prepared): Launch | Promise<Launch>;
  /** Ends what it keeps between builds. */
  close?(): Promise<void>;
}
