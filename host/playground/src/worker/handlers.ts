// What answers the calls of protocol.ts.
import type { CallName, Calls } from '../protocol.ts';
import { Checker } from './check.ts';
import { evaluate, print } from './evaluate.ts';
import type { Stopper, Workshop } from './workshop.ts';

export type Handler<K extends CallName> = (params: Calls[K]['params'], stopper: Stopper) => Promise<Calls[K]['result']>;
export type Handlers = { [K in CallName]: Handler<K> };

/** Those that use the evaluation's machine come after each other; the others answer at once. */
export function makeHandlers(shop: Workshop): Handlers {
  const checker = new Checker(shop.modules);
  return {
    evaluate: (params, stopper) => shop.inOrder(() => evaluate(shop, params, stopper)),
    print: (params, stopper) => shop.inOrder(() => print(shop, params, stopper)),
    check: (params) => checker.check(params),
  };
}
