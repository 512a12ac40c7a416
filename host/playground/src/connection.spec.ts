import { expect, test } from 'vitest';
import { Client } from './client.ts';
import type { WorkerPort } from './connection.ts';
import type { Modules } from './modules.ts';
import { outOfTime, ownProblem } from './problems.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** A worker that does what a spec says. */
class FakeWorker implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  readonly received: ToWorker[] = [];
  isEnded = false;
  readonly #react: (message: ToWorker, worker: FakeWorker) => void;

  constructor(react: (message: ToWorker, worker: FakeWorker) => void) {
    this.#react = react;
  }

  postMessage(message: ToWorker) {
    this.received.push(message);
    queueMicrotask(() => this.isEnded || this.#react(message, this));
  }

  say(message: FromWorker) {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }

  terminate() {
    this.isEnded = true;
  }
}

const evaluation = { value: { id: 1 } };

function opened(react: (message: ToWorker, worker: FakeWorker, number: number) => void) {
  const workers: FakeWorker[] = [];
  const client = new Client({
    create: () => {
      const number = workers.length;
      workers.push(new FakeWorker((message, worker) => react(message, worker, number)));
      return workers.at(-1)!;
    },
    modules: Promise.resolve({} as Modules),
    files: () => [{ path: '/work/default.nix', contents: '1' }],
    site: 'http://localhost/',
    grace: 20,
  });
  return { client, workers };
}

const answer = (message: ToWorker, worker: FakeWorker) => {
  if (message.type === 'call') worker.say({ type: 'result', id: message.id, result: evaluation });
};

test('a worker gets modules and files before the first call', async () => {
  const { client, workers } = opened(answer);
  expect(await client.evaluate('/work/default.nix')).toEqual({ path: '/work/default.nix', forces: 0, evaluation });
  expect(workers[0]!.received.map(({ type }) => type)).toEqual(['start', 'files', 'call']);
});

test('one that stops when it is told to is kept', async () => {
  const { client, workers } = opened((message, worker) => {
    if (message.type === 'cancel') worker.say({ type: 'failure', id: message.id, problem: ownProblem('cancelled', 'cancelled') });
  });
  const evaluated = client.evaluate('/work/default.nix');
  setTimeout(() => client.cancel());
  expect(await evaluated).toMatchObject({ problem: { kind: 'cancelled', message: 'stopped' } });
  expect(workers).toHaveLength(1);
});

test('one that does not is ended, and the next has all files', async () => {
  const { client, workers } = opened((message, worker, number) => number > 0 && answer(message, worker));
  const evaluated = client.evaluate('/work/default.nix');
  setTimeout(() => client.cancel());
  expect(await evaluated).toMatchObject({ problem: { kind: 'cancelled' } });
  expect(workers[0]!.isEnded).toBe(true);
  expect(await client.evaluate('/work/default.nix')).toMatchObject({ evaluation });
  expect(workers[1]!.received[1]).toEqual({ type: 'files', changes: [{ path: '/work/default.nix', contents: '1' }] });
});

test('a newer evaluation takes the place of one that runs, even of one that has to be ended', async () => {
  const { client } = opened((message, worker, number) => number > 0 && answer(message, worker));
  const first = client.evaluate('/work/a.nix');
  await new Promise((resolve) => setTimeout(resolve));
  const second = client.evaluate('/work/b.nix');
  expect(await first).toBeUndefined();
  expect(await second).toMatchObject({ path: '/work/b.nix', evaluation });
});

test('what is asked of a value is stopped by the next evaluation, even where the worker has to be ended', async () => {
  const { client, workers } = opened((message, worker, number) => {
    if (message.type === 'call' && (message.name === 'evaluate' || number > 0)) answer(message, worker);
  });
  const busy: boolean[] = [];
  client.on('busy', (isBusy) => busy.push(isBusy));
  await client.evaluate('/work/default.nix');
  const forced = client.call('force', { id: 1 }).catch((error: Error) => error.message);
  await new Promise((resolve) => setTimeout(resolve));
  expect(await client.evaluate('/work/default.nix')).toMatchObject({ evaluation });
  expect(await forced).toBe('stopped');
  expect(workers).toHaveLength(2);
  expect(busy).toEqual([true, false, true, false, true, false]);
});

test('a value that was lost with its worker is an outcome, too', async () => {
  const { client } = opened((message, worker) => message.type === 'call' && message.name === 'evaluate' && answer(message, worker));
  await client.evaluate('/work/default.nix');
  const forced = client.call('force', { id: 1 }).catch((error: Error) => error.message);
  setTimeout(() => client.cancel());
  expect(await forced).toBe('stopped');
  expect(client.outcome).toMatchObject({ problem: { kind: 'cancelled' } });
});

test('a worker that does not see its time pass is ended', async () => {
  const { client, workers } = opened(() => {});
  client.limits = { time: 0, memory: 1 };
  expect(await client.evaluate('/work/default.nix')).toMatchObject({ problem: outOfTime(client.limits) });
  expect(workers[0]!.isEnded).toBe(true);
});

test('a worker that fails is replaced', async () => {
  const { client, workers } = opened((message, worker, number) => {
    if (number > 0) answer(message, worker);
    else if (message.type === 'call') worker.onerror?.({ message: 'gone' } as ErrorEvent);
  });
  expect(await client.evaluate('/work/default.nix')).toMatchObject({
    problem: { kind: 'internal', message: expect.stringContaining('gone') },
  });
  expect(await client.evaluate('/work/default.nix')).toMatchObject({ evaluation });
  expect(workers).toHaveLength(2);
});
