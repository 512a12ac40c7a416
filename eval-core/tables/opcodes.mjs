// The one table of opcodes: name, length in words, what it does. An instruction is a word `opcode:8 operand:24`, then
// operand words. Whatever can suspend (force, call, run a procedure) is two words long, the second one its position or the
// address of a record that begins with it, or three with `Back` as the third: an unwinding error
// finds the instruction 8 bytes before the return address.
export const opcodes = [
  ["Halt", 1, "ends the root: its value is on the stack"],
  ["Const", 2, "→ v: pushes the reference in the next word"],
  ["Slot", 1, "→ v: pushes environment slot (level:8 index:16) as it is"],
  ["Slot0", 1, "→ v: pushes slot (index) of the innermost environment as it is"],
  ["SlotW", 2, "→ v: as Slot; level in the operand, index in the next word"],
  ["Var", 2, "→ v: pushes slot (level:8 index:16), forced"],
  ["Var0", 2, "→ v: pushes slot (index) of the innermost environment, forced"],
  ["Var1", 2, "→ v: the same one environment further out"],
  ["VarW", 3, "→ v: as SlotW, then Force must follow; third word unused"],
  ["Set", 1, "v →: stores into slot (index) of the innermost environment"],
  ["SetKeep", 1, "v → v: the same, and keeps it on the stack"],
  ["Thunk", 2, "→ v: a thunk of the code in the next word"],
  ["Lambda", 2, "→ v: a closure of the function in the next word"],
  ["LazyLambda", 2, "→ v: the same, but counts as unevaluated until it is forced"],
  ["Force", 2, "v → v: forces the top"],
  ["Call", 2, "… a2 a1 f → v: applies f; operand: how many arguments are left, this one included"],
  ["RetThunk", 1, "v →: updates the frame's thunk and returns"],
  ["Ret", 1, "v →: returns from a call"],
  ["Jump", 1, "jumps by the operand (words, from the next instruction)"],
  ["JumpFalse", 3, "b →: jumps by the third word if false; position, for what is no Boolean"],
  ["And", 3, "b → (b): keeps false and jumps by the third word, or drops true"],
  ["Or", 3, "b → (b): keeps true and jumps by the third word, or drops false"],
  ["Impl", 3, "b → (b): false becomes true and jumps by the third word, or drops true"],
  ["CheckBool", 2, "b → b: the value must be a Boolean"],
  ["Not", 2, "b → b"],
  ["CheckAttrs", 2, "s → s: the value must be a set"],
  ["Select", 2, "s → v: attribute (symbol), forced; second word: position"],
  ["SelectPath", 2, "s → v: the same in a longer path; second word: record (position, symbols, …)"],
  ["SelectDyn", 2, "s name → v: attribute of a computed name, forced"],
  ["SelectOr", 2, "v → position v': attribute (symbol) as it is; without one, pops and jumps by the second word"],
  ["SelectDynOr", 2, "v name → position v': the same with a computed name"],
  ["ForceAttr", 2, "position v → v: forces what SelectOr found"],
  ["HasStep", 2, "v → v': attribute (symbol) as it is; without one, pushes false and jumps by the second word"],
  ["Has", 1, "v → b: whether it is a set with the attribute (symbol)"],
  ["HasDynStep", 2, "v name → v'"],
  ["HasDyn", 1, "v name → b"],
  ["AttrName", 2, "v → v: the value must be a string without context, for a name"],
  ["Attrs", 2, "v1 … vn → s: a set of the shape in the next word"],
  ["DynName", 2, "v → name: a tagged symbol, tagged 0 for null"],
  ["DynAttrs", 2, "s name1 v1 … → s: adds (operand) computed attributes; second word: their positions"],
  ["InheritSelect", 3, "→ v: a thunk that selects the symbol in the second word from the value (operand) words below the top; position"],
  ["Nip", 1, "x1 … xn v → v"],
  ["List", 1, "v1 … vn → l"],
  ["ListW", 2, "v1 … vn → l; n in the second word"],
  ["NewEnv", 1, "enters an environment of (operand) empty slots"],
  ["PopEnv", 1, "leaves it"],
  ["WithVar", 3, "→ v: looks the symbol up in the scopes of the record in the second word, forced; Back"],
  ["Back", 1, "v →: executes the instruction before it again"],
  ["Formals", 3, "matches the argument with the function's formals; Back"],
  ["Default", 2, "jumps by the second word if slot (index) is set"],
  ["Add", 2, "a b → v"],
  ["AddLeft", 2, "a → a: coerces the left side of + first, where that can run code"],
  ["Sub", 2, "a b → v"],
  ["Mul", 2, "a b → v"],
  ["Div", 2, "a b → v"],
  ["Less", 2, "a b → b"],
  ["Eq", 2, "a b → b"],
  ["NEq", 2, "a b → b"],
  ["Invert", 1, "b → b: of a value known to be a Boolean"],
  ["Update", 2, "right left → s"],
  ["ConcatLists", 2, "a b → l"],
  ["Coerce", 2, "v → s: coerces a part of a string; operand: flags"],
  ["Concat", 2, "s1 … sn → s: joins (operand) strings"],
  ["ConcatPath", 2, "p s2 … sn → p: joins (operand) parts onto a path, or strings and numbers as + does"],
  ["AssertFail", 2, "raises the failed assertion; second word: record (position, text, length, code of both sides of ==)"],
  ["CurPos", 2, "→ s: the position as a set"],
  ["Native", 2, "v →: enters the frame's procedure again with v"],
  ["SelectThunk", 2, "s → v: selects what the frame's thunk says"],
  ["NeedStack", 1, "makes room for (operand) thousand words"],
  ["Overrides", 2, "s o → s: applies `__overrides`; second word: record of symbols and slots"],
  ["Undefined", 2, "raises an undefined variable; operand: symbol"],
  ["Dup", 1, "v → v v"],
];

export function opcodesModule() {
  const lines = ["/** Opcodes; see tables/opcodes.mjs. */", "export const enum Op {"];
  opcodes.forEach(([name, , doc], i) => lines.push(`  /** ${doc} */`, `  ${name} = ${i},`));
  lines.push("}", `export const OP_COUNT: u32 = ${opcodes.length};`);
  lines.push(`const WORDS: usize = memory.data<u8>([${opcodes.map((o) => o[1]).join(", ")}]);`);
  lines.push("/** Length in words. */\nexport function opWords(op: u32): u32 {\n  return load<u8>(WORDS + op);\n}");
  lines.push("export function opName(op: u32): string {\n  switch (op) {");
  opcodes.forEach(([name], i) => lines.push(`    case ${i}:\n      return "${name}";`));
  lines.push('  }\n  return "";\n}\n');
  return lines.join("\n");
}
