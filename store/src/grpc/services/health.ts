/**
 * grpc.health.v1. The package grpc-health-check reads a `.proto` file beside itself when it is loaded, which a bundle does not have; with the generated
 * code there is little left of it.
 */
import { HealthDefinition, HealthCheckResponse_ServingStatus as State } from '@vixen/proto/health';
import { notFound } from '../../errors.ts';
import { type Served, serve } from '../serve.ts';

/** Every service that is served works until the server closes, which aborts `closing`. */
export function healthService(names: readonly string[], closing: AbortSignal): Served {
  const known = new Set(['', ...names]);
  const stateOf = (name: string) => {
    if (!known.has(name)) return State.SERVICE_UNKNOWN;
    return closing.aborted ? State.NOT_SERVING : State.SERVING;
  };
  return serve(HealthDefinition, undefined, {
    async check({ service }) {
      if (!known.has(service)) throw notFound(`service '${service}'`);
      return { status: stateOf(service) };
    },
    async *watch({ service }, { signal }) {
      yield { status: stateOf(service) };
      if (closing.aborted) return;
      await aborted(closing, signal);
      yield { status: stateOf(service) };
    },
  });
}

/** Resolves when one of the signals is aborted. */
function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const signal of signals) signal.removeEventListener('abort', done);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', done);
    if (signals.some((signal) => signal.aborted)) done();
  });
}
