/** What a coordinator tells those who watch: displays, logs. */

export type ProgressEvent =
  /** What has become known that it has to be done; sums over all, they only grow. */
  | { readonly type: 'expected'; readonly builds: number; readonly copies: number; readonly downloadSize: number; readonly narSize: number }
  | { readonly type: 'build-started'; readonly drvPath: string; readonly mode: 'normal' | 'check' | 'repair' }
  /** Bytes of the build's log, as they come. */
  | { readonly type: 'build-log'; readonly drvPath: string; readonly bytes: Uint8Array }
  /** Output of the post-build hook. */
  | { readonly type: 'hook-log'; readonly drvPath: string; readonly bytes: Uint8Array }
  | { readonly type: 'build-ended'; readonly drvPath: string; readonly failure?: string | undefined }
  | { readonly type: 'copy-started'; readonly path: string; readonly from: string; readonly to: string; readonly narSize: number }
  /** Bytes of the archive so far. */
  | { readonly type: 'copy-progress'; readonly path: string; readonly bytes: number }
  | { readonly type: 'copy-ended'; readonly path: string; readonly failure?: string | undefined }
  /** A line worth reading, with colours: errors that do not end the work (`keep-going`), waiting for a lock. */
  | { readonly type: 'message'; readonly level: 'error' | 'warn' | 'info'; readonly text: string };

/** Shows what goes on. */
export interface BuildDisplay {
  /** Whether it prints builds' logs, so that errors need not repeat them. */
  readonly printsLogs?: boolean;
  event(event: ProgressEvent): void;
  /** Makes room for what others write: what is drawn comes again with the next drawing. */
  clear?(): void;
  /** Removes what is drawn; called once, when all is over. */
  end(): void;
}
