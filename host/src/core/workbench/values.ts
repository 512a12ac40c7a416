// Values as a tree whose nodes are known by number. Nothing here evaluates.
import { decodeText, type Handle, ValueKind } from '@vixen/eval-core';
import { WorkbenchError } from './problems.ts';
import type { Run } from './run.ts';
import type { Child, Children, Problem, ValueId, ValueSummary, ValueType } from './types.ts';

export interface ValueNode {
  readonly id: ValueId;
  readonly handle: Handle;
  readonly parent: ValueNode | undefined;
  /** From the parent: '' for a root. */
  readonly key: string | number;
  /** Children that were asked for. */
  readonly children: Map<string | number, ValueNode>;
  /** Attributes of a set, once they were listed. */
  names?: string[];
  problem?: Problem;
}

const types: Record<ValueKind, ValueType | undefined> = {
  [ValueKind.Thunk]: undefined,
  [ValueKind.Int]: 'int',
  [ValueKind.Float]: 'float',
  [ValueKind.Bool]: 'bool',
  [ValueKind.Null]: 'null',
  [ValueKind.String]: 'string',
  [ValueKind.Path]: 'path',
  [ValueKind.List]: 'list',
  [ValueKind.Attrs]: 'set',
  [ValueKind.Function]: 'function',
  [ValueKind.Builtin]: 'builtin',
};

const shownBytes = 160;
const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** A string as Nix writes it. */
const quoted = (text: string) => `"${text.replace(/[\n\r\t"\\]|\$(?=\{)/g, (found) => escapes[found] ?? `\\${found}`)}"`;

/** The first bytes of a text, up to a whole character. */
export function beginning(bytes: Uint8Array, most: number): { text: string; cut: boolean } {
  let end = Math.min(bytes.length, most);
  // Not inside of a character: those bytes begin with the bits 10.
  while (end < bytes.length && end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return { text: decodeText(bytes.subarray(0, end)), cut: end < bytes.length };
}

const failedText = ({ message }: Problem) => `«error: ${message.length > shownBytes ? `${message.slice(0, shownBytes)}…` : message}»`;

/** A float as Nix prints it: six significant digits, no zeros at the end. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const [, mantissa = '', exponent = ''] = /^([^e]*)(e.*)?$/.exec(value.toPrecision(6))!;
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return short + exponent.replace(/e([+-])(\d)$/, 'e$10$2');
}

export class ValueTree {
  readonly #run: Run;
  readonly #nodes = new Map<ValueId, ValueNode>();
  readonly #nextId: () => ValueId;

  constructor(run: Run, nextId: () => ValueId) {
    this.#run = run;
    this.#nextId = nextId;
  }

  add(handle: Handle, parent?: ValueNode, key: string | number = ''): ValueNode {
    const node: ValueNode = { id: this.#nextId(), handle, parent, key, children: new Map() };
    this.#nodes.set(node.id, node);
    parent?.children.set(key, node);
    return node;
  }

  find(id: ValueId): ValueNode | undefined {
    return this.#nodes.get(id);
  }

  /** Forgets a node and all below it. */
  release(node: ValueNode) {
    for (const child of node.children.values()) this.release(child);
    if (node.parent?.children.get(node.key) === node) node.parent.children.delete(node.key);
    this.#nodes.delete(node.id);
    if (!this.#run.dead) this.#run.machine.drop(node.handle);
  }

  type(node: ValueNode): ValueType | undefined {
    return types[this.#run.machine.kind(node.handle)];
  }

  summary(node: ValueNode): ValueSummary {
    const { id, problem } = node;
    const type = this.type(node);
    if (!type) {
      const state = problem ? 'failed' : 'thunk';
      return { id, state, type, text: problem ? failedText(problem) : '«thunk»', size: 0, problem };
    }
    return { id, state: 'value', type, ...this.#shown(node, type), derivation: type === 'set' ? this.#derivation(node) : undefined };
  }

  #shown({ handle }: ValueNode, type: ValueType): { text: string; size: number } {
    const { machine } = this.#run;
    const size = machine.size(handle);
    switch (type) {
      case 'int':
        return { text: String(machine.exports.intValue(handle)), size };
      case 'float':
        return { text: floatText(machine.exports.floatValue(handle)), size };
      case 'bool':
        return { text: String(machine.bool(handle)), size };
      case 'null':
        return { text: 'null', size };
      case 'string':
      case 'path': {
        const bytes = machine.stringBytes(handle);
        const { text, cut } = beginning(bytes, shownBytes);
        return { text: (type === 'path' ? text : quoted(text)) + (cut ? '…' : ''), size: bytes.length };
      }
      case 'list':
        return { text: size === 0 ? '[ ]' : `[ … ${size} ]`, size };
      case 'set':
        return { text: size === 0 ? '{ }' : `{ … ${size} }`, size };
      case 'function': {
        const { name } = machine.lambdaInfo(handle);
        return { text: name === undefined ? '«lambda»' : `«lambda ${name}»`, size };
      }
      default:
        return {
          text: `«${machine
            .typeName(handle)
            .replace(/^[a-z]+ /, '')
            .replace(/'/g, '')}»`,
          size,
        };
    }
  }

  /** A forced string attribute. */
  known(set: Handle, name: string): string | undefined {
    const { machine } = this.#run;
    const handle = machine.attr(set, name);
    if (handle === undefined) return undefined;
    const text = machine.kind(handle) === ValueKind.String ? machine.string(handle) : undefined;
    machine.drop(handle);
    return text;
  }

  #derivation({ handle }: ValueNode): string | undefined {
    return this.known(handle, 'type') === 'derivation' ? (this.known(handle, 'name') ?? '') : undefined;
  }

  /** A part of what is in a list or a set, as it is: what nobody has asked for stays a thunk. */
  children(node: ValueNode, from: number, count: number): Children {
    const { machine } = this.#run;
    const type = this.type(node);
    if (type !== 'list' && type !== 'set') throw new WorkbenchError('not-applicable', 'only lists and sets have something in them');
    if (type === 'set') node.names ??= machine.attrNames(node.handle);
    const total = machine.size(node.handle);
    const children: Child[] = [];
    for (let i = Math.max(0, from); i < Math.min(total, from + count); i++) {
      const key = node.names?.[i] ?? i;
      children.push({ key, ...this.summary(this.child(node, key)) });
    }
    return { from, total, children };
  }

  child(node: ValueNode, key: string | number): ValueNode {
    const known = node.children.get(key);
    if (known) return known;
    const handle = this.#inside(node, key);
    if (handle === undefined) throw new WorkbenchError('unknown-value', `there is nothing at '${key}'`);
    return this.add(handle, node, key);
  }

  #inside(node: ValueNode, key: string | number): Handle | undefined {
    const { machine } = this.#run;
    const type = this.type(node);
    if (type === 'set') return typeof key === 'string' ? machine.attr(node.handle, key) : undefined;
    const isIndex = type === 'list' && typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < machine.size(node.handle);
    return isIndex ? machine.element(node.handle, key) : undefined;
  }
}
