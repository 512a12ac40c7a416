// Writes the tables of lalr.mjs and chars.mjs as AssemblyScript.
import { bits, classTable, starts, startTable, stops, stopTable } from './chars.mjs';
import * as grammar from './grammar.mjs';
import { buildAutomaton } from './lalr.mjs';

const REDUCE = 0x8000;
const ACCEPT = 0x7fff;

/** States that reduce without looking at a token come last, so that a comparison tells them apart. */
function renumber(automaton) {
  const states = automaton.rows.map((_, s) => s).filter((s) => s !== automaton.final);
  const order = [...states.filter((s) => !automaton.rows[s].consistent), ...states.filter((s) => automaton.rows[s].consistent)];
  const number = new Map(order.map((s, i) => [s, i]));
  return { order, number, firstConsistent: order.findIndex((s) => automaton.rows[s].consistent) };
}

/**
 * The state behind `s -symbol-> to`, past the reductions that change nothing but the state: those of rules `A: B` without an action, in
 * states that reduce without looking.
 */
function shortcut(automaton, s, to) {
  for (;;) {
    const { consistent, fallback } = automaton.rows[to];
    const rule = automaton.rules[fallback];
    if (!consistent || rule.action || rule.right.length !== 1) return to;
    to = automaton.gotos[s].get(rule.left);
  }
}

function actionRow(automaton, number, s) {
  const row = automaton.rows[s];
  const filler = row.fallback ? REDUCE | row.fallback : 0;
  const cells = new Array(64).fill(0).fill(filler, 0, automaton.tokenCount);
  for (const [token, rule] of row.reduces) cells[token] = REDUCE | rule;
  for (const token of row.errors) cells[token] = 0;
  for (const [token, to] of row.shifts) cells[token] = to === automaton.final ? ACCEPT : number.get(shortcut(automaton, s, to));
  return cells;
}

function gotoRow(automaton, number, s) {
  const cells = new Array(32).fill(0);
  for (const [symbol, to] of automaton.gotos[s]) cells[symbol - automaton.tokenCount] = number.get(shortcut(automaton, s, to));
  return cells;
}

const lines = (values) => {
  const rows = [];
  for (let i = 0; i < values.length; i += 32) rows.push(`  ${values.slice(i, i + 32).join(', ')},`);
  return rows.join('\n');
};
const table = (name, type, values) => `export const ${name}: usize = memory.data<${type}>([\n${lines(values)}\n]);`;
const constants = (name, names) => `export const enum ${name} {\n${names.map((n, i) => `  ${n} = ${i},`).join('\n')}\n}`;

function tokenNames() {
  const names = grammar.tokens.map(([, shown]) => [...Buffer.from(shown)]);
  const offsets = [0];
  for (const bytes of names) offsets.push(offsets.at(-1) + bytes.length);
  return [table('TOKEN_NAMES', 'u8', names.flat()), table('TOKEN_NAME_AT', 'u16', offsets)];
}

/** A NUL byte ends the file for the parser, as it does for Nix. */
function singles() {
  const invalid = grammar.tokens.findIndex(([name]) => name === 'INVALID');
  const found = new Array(256).fill(invalid).fill(0, 0, 1);
  grammar.tokens.forEach(([, , byte], token) => {
    if (byte) found[byte.charCodeAt(0)] = token;
  });
  return found;
}

/** The text of assembly/gen/grammar.ts. */
export function grammarModule() {
  const automaton = buildAutomaton(grammar);
  const { order, number, firstConsistent } = renumber(automaton);
  const actions = ['None', ...new Set(automaton.rules.map((rule) => rule.action).filter(Boolean))];
  const rules = automaton.rules.map((rule) => {
    const left = rule.left - automaton.tokenCount;
    return left | (rule.right.length << 8) | (actions.indexOf(rule.action ?? 'None') << 16) | ((rule.arg ?? 0) << 24);
  });
  if (automaton.tokenCount > 64 || automaton.nonterminals.length > 32 || order.length > 255) throw new Error('the tables overflow');
  return [
    constants(
      'Tok',
      grammar.tokens.map(([name]) => name),
    ),
    `export const TOKEN_COUNT: u32 = ${automaton.tokenCount};`,
    constants('Act', actions),
    '/** What a cell of ACTIONS holds: 0, an error; below ACCEPT, the state after a shift; REDUCE and a rule. */',
    `export const ACCEPT: u32 = ${ACCEPT};\nexport const REDUCE: u32 = ${REDUCE};`,
    '/** From this state on, a state reduces by its rule in DEFAULTS whatever follows. */',
    `export const FIRST_CONSISTENT: u32 = ${firstConsistent};`,
    '/** 64 cells of u16 a state, by token. */',
    table(
      'ACTIONS',
      'u16',
      order.flatMap((s) => actionRow(automaton, number, s)),
    ),
    '/** 32 cells of u8 a state, by nonterminal. */',
    table(
      'GOTOS',
      'u8',
      order.flatMap((s) => gotoRow(automaton, number, s)),
    ),
    '/** The rule that a state reduces by where no cell says more, 0: none. */',
    table(
      'DEFAULTS',
      'u8',
      order.map((s) => automaton.rows[s].fallback),
    ),
    '/** A word a rule: nonterminal, length, Act, argument of the action, a byte each. */',
    table('RULES', 'u32', rules),
    '/** Texts of the tokens in messages, and where each begins. */',
    ...tokenNames(),
    '/** The token that a single byte is, INVALID where there is none. */',
    table('SINGLES', 'u8', singles()),
  ].join('\n\n');
}

/** The text of assembly/gen/chars.ts. */
export function charsModule() {
  const constant =
    (prefix) =>
    ([name], i) =>
      `export const ${prefix}_${name}: u32 = ${1 << i};`;
  return [
    bits.map(constant('IS')).join('\n'),
    stops.map(constant('STOP')).join('\n'),
    constants(
      'Start',
      starts.map(([name]) => name),
    ),
    '/** Bits IS_… of each byte. */',
    table('CLASSES', 'u8', classTable()),
    '/** Bits STOP_… of each byte. */',
    table('STOPS', 'u8', stopTable()),
    '/** What begins at each byte. */',
    table('STARTS', 'u8', startTable()),
  ].join('\n\n');
}
