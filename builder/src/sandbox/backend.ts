/** What differs between sandboxes: how a prepared build is started, and how it is ended. */
import type { Prepared } from './prepare.ts';

export interface Exit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface Launch {
  /** Starts the build; its output goes to the FIFO `log`. Answers when it has ended. */
  start(log: string): Promise<Exit>;
  /** Sends SIGKILL to all of it, as soon as that is known. May be called often. */
  kill(): void;
  /** Ends what may still live when the build has ended. */
  sweep(): Promise<void>;
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
