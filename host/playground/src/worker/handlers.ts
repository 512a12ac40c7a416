// What answers the calls of protocol.ts.
import { type JobOptions, type Outcome, Workbench } from '@vixen/host';
import type { Modules } from '../modules.ts';
import { CallError } from '../problems.ts';
import type { CallName, Calls } from '../protocol.ts';
import type { Files } from './files.ts';
import { Members } from './members.ts';
import { Messages } from './port.ts';
import { surroundings } from './surroundings.ts';

export type Handler<K extends CallName> = (params: Calls[K]['params'], options: JobOptions) => Promise<Calls[K]['result']>;
export type Handlers = { [K in CallName]: Handler<K> };

async function value<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const settled = await outcome;
  if (!settled.ok) throw new CallError(settled.problem);
  return settled.value;
}

export function makeHandlers(modules: Modules, site: string, files: Files): Handlers {
  const around = surroundings(modules, site);
  const bench = new Workbench(around);
  const members = new Members(around);
  return {
    evaluate: (params, options) => evaluate(bench, files, params, options),
    check: ({ path, text }, options) => bench.check(text, { ...options, file: path }),
    members: ({ expression }) => members.of(expression),
    describe: ({ id }, options) => value(bench.describe(id, options)),
    children: ({ id, from, count }, options) => value(bench.children(id, from, count, options)),
    force: ({ id }, options) => value(bench.force(id, options)),
    select: ({ id, path }, options) => value(bench.select(id, path, options)),
    copy: ({ id, format }, options) => value(bench.copy(id, format, options)),
    derivation: ({ id, nodes }, options) => value(bench.derivation(id, { ...options, ...(nodes !== undefined && { nodes }) })),
    statistics: () => value(bench.statistics()),
    syntaxTree: async ({ path }, options) => {
      const { nodes } = await value(bench.syntaxTree(files.text(path), { ...options, file: path }));
      return { nodes: nodes.slice(0, mostNodes), cut: nodes.length > mostNodes };
    },
    bytecode: ({ path }, options) => value(bench.bytecode(files.text(path), { ...options, file: path, instructions: mostInstructions })),
    forceOrder: () => value(bench.forceOrder()),
  };
}

// What a page takes in without a pause that is felt.
const mostNodes = 20_000;
const mostInstructions = 20_000;

async function evaluate(bench: Workbench, files: Files, params: Calls['evaluate']['params'], options: JobOptions) {
  const { path, limits, forces } = params;
  const messages = new Messages();
  const machine = { time: limits.time * 1000, memory: limits.memory * 2 ** 20 };
  try {
    return await value(
      bench.evaluate({ files: files.all(), entry: path, limits: machine, forces }, { ...options, onMessage: messages.add }),
    );
  } finally {
    messages.flush();
  }
}
