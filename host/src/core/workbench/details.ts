// All that is known of one value without evaluating.
import type { Handle } from '@vixen/eval-core';
import { docstringAt, sourceAround } from '../docstrings.ts';
import type { Run } from './run.ts';
import type { ContextElement, FunctionDetails, Place, ValueDetails } from './types.ts';
import { beginning, type ValueNode, type ValueTree } from './values.ts';

const mostContent = 65_536;
const storePath = /\/nix\/store\/[0-9a-z]{32}-[0-9a-zA-Z+\-._?=]+/g;

/** Context elements as the machine writes them (docs/requests.md): `!out!/path.drv`, `=/path.drv`, `/path`. */
function contextElement(text: string): ContextElement {
  if (text.startsWith('=')) return { kind: 'derivation', path: text.slice(1) };
  const [, output, path] = /^!([^!]*)!(.*)$/.exec(text) ?? [];
  return path === undefined ? { kind: 'path', path: text } : { kind: 'output', path, output };
}

function pathTo(node: ValueNode): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = node; at.parent; at = at.parent) keys.push(at.key);
  return keys.reverse();
}

function definition(run: Run, { parent, key }: ValueNode): Place | undefined {
  if (!parent || typeof key !== 'string') return undefined;
  return run.sources.place(run.machine.attrPosition(parent.handle, key));
}

function functionDetails({ machine, sources }: Run, handle: Handle): FunctionDetails {
  const { name, position, doc } = machine.lambdaInfo(handle);
  const { argument, formals, ellipsis } = machine.lambdaArguments(handle);
  return {
    name,
    place: sources.place(position),
    documentation: doc && docstringAt(sourceAround(sources.text, doc)?.after ?? ''),
    argument,
    formals: formals?.map((formal) => ({ name: formal.name, optional: formal.optional, place: sources.place(formal.position) })),
    ellipsis,
  };
}

/** The text of a string or path, its context, and the store paths in both. */
function textDetails({ machine }: Run, handle: Handle, isString: boolean): Partial<ValueDetails> {
  const { text: content, cut } = beginning(machine.stringBytes(handle), mostContent);
  const context = isString ? machine.context(handle).map(contextElement) : [];
  const storePaths = [...new Set([...(content.match(storePath) ?? []), ...context.map(({ path }) => path)])];
  return { content, cut, context, storePaths };
}

export function detailsOf(run: Run, tree: ValueTree, node: ValueNode): ValueDetails {
  const summary = tree.summary(node);
  const details: ValueDetails = { ...summary, path: pathTo(node), definition: definition(run, node) };
  if (summary.type === 'function') details.function = functionDetails(run, node.handle);
  if (summary.type === 'builtin') details.builtin = /'(.*)'/.exec(run.machine.typeName(node.handle))?.[1];
  if (summary.type === 'string' || summary.type === 'path')
    Object.assign(details, textDetails(run, node.handle, summary.type === 'string'));
  return details;
}
