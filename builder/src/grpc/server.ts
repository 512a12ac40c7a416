/** A builder served over gRPC: vixen.build.v1, and Snix's service. Both need the right `build`. */
import { BuildServiceDefinition } from '@vixen/proto/build';
import { type BuildEvent, BuilderServiceDefinition } from '@vixen/proto/vixen-build';
import { StoreError } from '@vixen/store';
import { type GrpcServer, type Served, type ServeOptions, serve, serveServices } from '@vixen/store/grpc';
import { BuildError } from '../errors.ts';
import type { BuildService } from '../service.ts';
import { failureMessage, outcomeMessage, requestOfMessage } from './messages.ts';

/** Bytes of log that may wait for a slow reader. */
const mostWaiting = 1024 * 1024;

export const serveBuilder = (builder: BuildService, options: ServeOptions): Promise<GrpcServer> =>
  serveServices([vixenService(builder), snixService(builder)], options);

function vixenService(builder: BuildService): Served {
  return serve(BuilderServiceDefinition, 'build', {
    async describe(_request, { signal }) {
      const { systems, features, ...description } = await builder.describe({ signal });
      return { ...description, systems: [...systems], features: [...features] };
    },
    build: (message, { signal }) => eventsOf(builder, message, signal),
  });
}

async function* eventsOf(
  builder: BuildService,
  message: Parameters<typeof requestOfMessage>[0],
  signal: AbortSignal,
): AsyncGenerator<BuildEvent, void, void> {
  const log = new LogQueue();
  const leaving = new AbortController();
  const ended = run(builder, message, AbortSignal.any([signal, leaving.signal]), log).finally(() => log.end());
  // Who goes on waits for it below, or has gone.
  ended.catch(() => {});
  try {
    for await (const value of log.chunks()) yield { event: { $case: 'log', value } };
    yield await ended;
  } finally {
    leaving.abort(new StoreError('unavailable', 'the caller has gone'));
    await ended.catch(() => {});
  }
}

async function run(
  builder: BuildService,
  message: Parameters<typeof requestOfMessage>[0],
  signal: AbortSignal,
  log: LogQueue,
): Promise<BuildEvent> {
  try {
    const outcome = await builder.build(requestOfMessage(message), { signal, onLog: (bytes) => log.push(bytes) });
    return { event: { $case: 'outcome', value: outcomeMessage(outcome) } };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildError) return { event: { $case: 'failure', value: failureMessage(error) } };
    throw error;
  }
}

/** A log between a build and its reader, who may be slower: then the build waits. */
class LogQueue {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #wake: () => void = () => {};
  #drained: (() => void)[] = [];

  push(bytes: Uint8Array): void | Promise<void> {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#wake();
    if (this.#bytes > mostWaiting && !this.#ended) return new Promise((resolve) => this.#drained.push(resolve));
  }

  end(): void {
    this.#ended = true;
    this.#wake();
    for (const resume of this.#drained.splice(0)) resume();
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    while (true) {
      const ready = this.#chunks;
      this.#chunks = [];
      this.#bytes = 0;
      for (const resume of this.#drained.splice(0)) resume();
      for (const chunk of ready) yield chunk;
      if (ready.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** snix.build.v1: without limits and logs. A build that fails is INTERNAL there, a request that breaks the rules INVALID_ARGUMENT. */
function snixService(builder: BuildService): Served {
  return serve(BuildServiceDefinition, 'build', {
    async doBuild(request, { signal }) {
      try {
        const outcome = await builder.build(requestOfMessage({ request, limits: undefined, sandboxPaths: [], features: [] }), { signal });
        return outcomeMessage(outcome).response!;
      } catch (error) {
        if (!(error instanceof BuildError)) throw error;
        throw new StoreError(error.code === 'invalid' ? 'invalid' : 'io', error.message, { cause: error });
      }
    },
  });
}
