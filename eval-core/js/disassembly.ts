// The machine's code as data (assembly/compile/): read from its memory, where code lies still.
import { opcodes } from '../tables/opcodes.mjs';
import type { Position } from './errors.ts';
import type { MachineMemory } from './machine-memory.ts';

export interface Instruction {
  /** Bytes from the start of the body. */
  readonly offset: number;
  readonly name: string;
  readonly operands: readonly number[];
  /** What the operands stand for: a name, a constant. */
  readonly meaning: string;
  /** The body that the instruction makes a thunk or a function of, by its number. */
  readonly body: number | undefined;
  readonly position: Position | undefined;
}

export interface CodeBody {
  readonly kind: 'file' | 'function' | 'thunk';
  readonly name: string;
  readonly position: Position | undefined;
  /** Bytes. */
  readonly size: number;
  readonly instructions: readonly Instruction[];
}

/** What each opcode does, by its name. */
export const opcodeHelp: Readonly<Record<string, string>> = Object.fromEntries(opcodes.map(([name, , doc]) => [name, doc]));

// Words of a function's record (assembly/compile/functions.ts).
const recordName = 16;
const recordPosition = 20;
// What stands before a body (assembly/compile/emit.ts).
const sizeBefore = 4;
const nameBefore = 8;
const positionBefore = 12;

const operandSymbol = new Set('Select SelectFirst SelectPath SelectLast SelectOr HasStep Has Undefined WithVar'.split(' '));
/** The second word is a position. */
const wordPosition = new Set(
  'Var Var0 Var1 VarLevel Force Call JumpFalse And Or Impl CheckBool Not CheckAttrs Select AttrName DynName Add AddLeft Sub Mul Div Less Eq Update ConcatLists Coerce Concat ConcatPath CurPos Undefined Enter'.split(
    ' ',
  ),
);
/** The second word is the address of a record that begins with a position. */
const recordWithPosition = new Set(
  'SelectFirst SelectPath SelectLast SelectDyn ForceAttr PathForce PathSelect PathName WithVar AssertFail'.split(' '),
);

/** What stands before a body where ForceEvents was on when it was compiled: the position and the symbol of what it is the value of. */
export function codeLabelWords({ view }: MachineMemory, code: number): [position: number, symbol: number] {
  return [view.getUint32(code - positionBefore, true), view.getUint32(code - nameBefore, true)];
}

export interface Labels {
  symbol(symbol: number): string;
  position(position: number): Position | undefined;
}

interface Found {
  readonly code: number;
  readonly kind: CodeBody['kind'];
  /** Of a function. */
  readonly record: number;
}

export class Disassembly {
  readonly #memory: MachineMemory;
  readonly #labels: Labels;
  readonly #numbers = new Map<number, number>();
  readonly #found: Found[] = [];

  constructor(memory: MachineMemory, labels: Labels) {
    this.#memory = memory;
    this.#labels = labels;
  }

  /** The body of a function's record, and all bodies that it leads to, nearest first, until they have so many instructions. */
  bodies(record: number, most: number): CodeBody[] {
    this.#meet(this.#word(record), 'file', record);
    const bodies: CodeBody[] = [];
    let count = 0;
    // The list grows on the way.
    for (const found of this.#found) {
      if (count >= most) break;
      const body = this.#body(found);
      count += body.instructions.length;
      bodies.push(body);
    }
    return bodies;
  }

  /** How many bodies there are, as far as they have been met. */
  get met(): number {
    return this.#found.length;
  }

  #word(address: number): number {
    return this.#memory.view.getUint32(address, true);
  }

  #meet(code: number, kind: CodeBody['kind'], record = 0): number {
    const known = this.#numbers.get(code);
    if (known !== undefined) return known;
    const number = this.#found.push({ code, kind, record }) - 1;
    this.#numbers.set(code, number);
    return number;
  }

  #body({ code, kind, record }: Found): CodeBody {
    const size = this.#word(code - sizeBefore);
    const [position, symbol] =
      kind === 'thunk' ? codeLabelWords(this.#memory, code) : [this.#word(record + recordPosition), this.#word(record + recordName)];
    const instructions: Instruction[] = [];
    for (let at = code; at < code + size; ) {
      const instruction = this.#instruction(at, code);
      instructions.push(instruction);
      // The first operand is in the word of the opcode.
      at += instruction.operands.length * 4;
    }
    return { kind, name: symbol === 0 ? '' : this.#labels.symbol(symbol), position: this.#labels.position(position), size, instructions };
  }

  #instruction(at: number, code: number): Instruction {
    const first = this.#word(at);
    const [name, length] = opcodes[first & 0xff]!;
    const operands = [first >>> 8];
    for (let i = 1; i < length; i++) operands.push(this.#word(at + i * 4));
    return {
      offset: at - code,
      name,
      operands,
      meaning: this.#meaning(name, operands),
      body: this.#target(name, operands),
      position: this.#labels.position(this.#position(name, operands)),
    };
  }

  #target(name: string, [, word = 0]: number[]): number | undefined {
    if (name === 'Thunk') return this.#meet(word, 'thunk');
    if (name === 'Lambda' || name === 'LazyLambda') return this.#meet(this.#word(word), 'function', word);
    return undefined;
  }

  #position(name: string, [, word = 0, third = 0]: number[]): number {
    if (name === 'InheritSelect') return third;
    if (wordPosition.has(name)) return word;
    return recordWithPosition.has(name) ? this.#word(word) : 0;
  }

  #meaning(name: string, [operand = 0, word = 0]: number[]): string {
    const { exports } = this.#memory;
    if (operandSymbol.has(name)) return this.#labels.symbol(operand);
    if (name === 'InheritSelect') return this.#labels.symbol(word);
    if (name === 'Const') return this.#memory.textOf(() => exports.constantText(word));
    if (name === 'Attrs') return this.#memory.textOf(() => exports.shapeText(word, operand));
    return '';
  }
}
