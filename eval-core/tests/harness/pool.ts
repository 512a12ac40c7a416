// Server processes, started when they are needed, one job each at a time. One that hangs or dies fails its job alone.
import { type ChildProcess, fork } from 'node:child_process';
import type { Outcome } from './cases.ts';
import type { Job } from './server.ts';

const jobTimeout = 90_000;
/** A process keeps what its evaluators have grown to; a new one starts small. */
const jobsPerServer = 100;

class Server {
  readonly #child: ChildProcess;
  jobs = 0;

  constructor(script: string) {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    this.#child = fork(script, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  run(job: Job): Promise<Outcome> {
    this.jobs += 1;
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return Promise.reject(new Error(`the evaluator died: ${signalCode ?? exitCode}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`no result within ${jobTimeout / 1000} seconds`))), jobTimeout);
      const died = (code: number | null, signal: string | null) => end(() => reject(new Error(`the evaluator died: ${signal ?? code}`)));
      const done = (outcome: Outcome) => end(() => resolve(outcome));
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#child.off('exit', died).off('message', done);
        settle();
      };
      this.#child.on('exit', died).on('message', done);
      this.#child.send(job);
    });
  }

  stop() {
    this.#child.kill('SIGKILL');
  }
}

export class ServerPool {
  readonly #script: string;
  readonly #idle: Server[] = [];
  readonly #waiting: ((server: Server) => void)[] = [];
  #running = 0;
  readonly #size: number;

  constructor(script: string, size: number) {
    this.#script = script;
    this.#size = size;
  }

  async run(job: Job): Promise<Outcome> {
    const server = await this.#acquire();
    try {
      const outcome = await server.run(job);
      this.#release(server.jobs < jobsPerServer ? server : this.#renew(server));
      return outcome;
    } catch (error) {
      this.#release(this.#renew(server));
      throw error;
    }
  }

  stop() {
    for (const server of this.#idle) server.stop();
  }

  #acquire(): Promise<Server> | Server {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#running === this.#size) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    return new Server(this.#script);
  }

  #renew(server: Server): Server {
    server.stop();
    return new Server(this.#script);
  }

  #release(server: Server) {
    const next = this.#waiting.shift();
    if (next) next(server);
    else this.#idle.push(server);
  }
}
