// LALR(1) tables as Bison makes them, default reductions included, since these decide where an error is noticed and which tokens the
// message lists. Construction: DeRemer and Pennello's sets, found here by plain fixpoints; precedence and default reductions as in the
// chapters "Operator Precedence" and "Default Reductions" of Bison's manual.

const END = 0;

/** Symbols as numbers: tokens first, then the nonterminals; rule 0 is `$accept: start END`. */
function numberSymbols({ tokens, rules }) {
  const ids = new Map(tokens.map(([name], i) => [name, i]));
  const nonterminals = ['$accept', ...new Set(rules.map(([left]) => left))];
  for (const name of nonterminals) ids.set(name, ids.size);
  const symbol = (name) => {
    if (!ids.has(name)) throw new Error(`unknown symbol ${name}`);
    return ids.get(name);
  };
  const split = (text) => text.split(' ').filter(Boolean).map(symbol);
  const numbered = [{ left: symbol('$accept'), right: [symbol(rules[0][0]), END] }];
  for (const [left, right, action, options] of rules) {
    numbered.push({ left: symbol(left), right: split(right), action, ...options, prec: options?.prec && symbol(options.prec) });
  }
  return { tokenCount: tokens.length, symbolCount: ids.size, rules: numbered, symbol, nonterminals };
}

function levels({ precedence }, symbol) {
  const found = new Map();
  precedence.forEach(([associativity, ...names], level) => {
    for (const name of names) found.set(symbol(name), { associativity, level });
  });
  return found;
}

/** States are sets of items [rule, dot]; kernels name them. */
function buildStates(g) {
  const byLeft = new Map();
  for (const [r, rule] of g.rules.entries()) byLeft.set(rule.left, [...(byLeft.get(rule.left) ?? []), r]);
  const closure = (kernel) => {
    const items = kernel.map((item) => [...item]);
    const seen = new Set();
    for (const [r, dot] of items) {
      const next = g.rules[r].right[dot];
      if (next === undefined || next < g.tokenCount || seen.has(next)) continue;
      seen.add(next);
      for (const add of byLeft.get(next)) items.push([add, 0]);
    }
    return items;
  };
  const states = [];
  const names = new Map();
  const stateOf = (kernel) => {
    const name = kernel
      .map((item) => item.join('.'))
      .sort()
      .join(' ');
    if (!names.has(name)) {
      names.set(name, states.length);
      states.push({ items: closure(kernel), next: new Map() });
    }
    return names.get(name);
  };
  stateOf([[0, 0]]);
  for (const state of states) {
    const kernels = new Map();
    for (const [r, dot] of state.items) {
      const symbol = g.rules[r].right[dot];
      if (symbol !== undefined) kernels.set(symbol, [...(kernels.get(symbol) ?? []), [r, dot + 1]]);
    }
    for (const [symbol, kernel] of kernels) state.next.set(symbol, stateOf(kernel));
  }
  return states;
}

function nullableSymbols(g) {
  const nullable = new Set();
  for (let before = -1; before !== nullable.size; ) {
    before = nullable.size;
    for (const { left, right } of g.rules) if (right.every((s) => nullable.has(s))) nullable.add(left);
  }
  return nullable;
}

const addAll = (to, from) => {
  const before = to.size;
  for (const x of from) to.add(x);
  return to.size !== before;
};

/** Follow sets of the transitions over nonterminals: what may come after the nonterminal at that place. */
function followSets(g, states) {
  const nullable = nullableSymbols(g);
  const sets = new Map();
  const includes = [];
  const key = (s, symbol) => s * g.symbolCount + symbol;
  states.forEach((state, s) => {
    for (const symbol of state.next.keys()) if (symbol >= g.tokenCount) sets.set(key(s, symbol), new Set());
  });
  states.forEach((state, s) => {
    for (const [symbol, to] of state.next) {
      if (symbol < g.tokenCount) continue;
      const mine = sets.get(key(s, symbol));
      for (const next of states[to].next.keys()) {
        if (next < g.tokenCount) mine.add(next);
        else if (nullable.has(next)) includes.push([mine, sets.get(key(to, next))]);
      }
      // s -symbol-> …: what follows the rule's left side follows a symbol that only nullable symbols separate from its end
      for (const rule of g.rules) {
        if (rule.left !== symbol) continue;
        let at = s;
        rule.right.forEach((part, i) => {
          if (part >= g.tokenCount && rule.right.slice(i + 1).every((x) => nullable.has(x))) includes.push([sets.get(key(at, part)), mine]);
          at = states[at].next.get(part);
        });
      }
    }
  });
  for (let changed = true; changed; ) {
    changed = false;
    for (const [to, from] of includes) if (addAll(to, from)) changed = true;
  }
  return (s, symbol) => sets.get(key(s, symbol));
}

/** For each state its reductions, by rule number, with their lookahead tokens. */
function reductions(g, states) {
  const follow = followSets(g, states);
  const found = states.map(() => new Map());
  states.forEach((_, s) => {
    g.rules.forEach((rule, r) => {
      if (r === 0 || !states[s].next.has(rule.left)) return;
      let at = s;
      for (const part of rule.right) {
        at = states[at].next.get(part);
        if (at === undefined) return;
      }
      if (!found[at].has(r)) found[at].set(r, new Set());
      addAll(found[at].get(r), follow(s, rule.left));
    });
  });
  return found.map((map) => [...map].map(([rule, lookahead]) => ({ rule, lookahead })).sort((a, b) => a.rule - b.rule));
}

/** Shift or reduce by precedence. Tokens for which both are wrong end in `errors`. */
function resolve(g, level, state, reduces, errors) {
  for (const { rule, lookahead } of reduces) {
    const { right, prec } = g.rules[rule];
    const last = right.findLast((s) => s < g.tokenCount);
    const mine = level.get(prec ?? last);
    for (const token of [...lookahead]) {
      if (!state.next.has(token)) continue;
      const other = level.get(token);
      if (!mine || !other) throw new Error(`conflict: rule ${rule}, token ${token}`);
      if (mine.level > other.level) state.next.delete(token);
      else if (mine.level < other.level) lookahead.delete(token);
      else {
        if (other.associativity !== 'right') state.next.delete(token);
        if (other.associativity !== 'left') lookahead.delete(token);
        if (other.associativity === 'nonassoc') errors.add(token);
      }
    }
  }
}

/** One state's row: shifts and reductions by token, the default reduction (0: none), and whether it reduces without looking. */
function row(g, level, state, reduces) {
  const consistent = reduces.length === 1 && ![...state.next.keys()].some((symbol) => symbol < g.tokenCount);
  if (consistent) return { consistent, fallback: reduces[0].rule, shifts: new Map(), reduces: new Map(), errors: new Set() };
  const errors = new Set();
  resolve(g, level, state, reduces, errors);
  const chosen = new Map();
  for (const { rule, lookahead } of reduces) for (const token of lookahead) if (!chosen.has(token)) chosen.set(token, rule);
  const shifts = new Map([...state.next].filter(([symbol]) => symbol < g.tokenCount));
  let fallback = 0;
  let most = 0;
  for (const { rule } of reduces) {
    const count = [...chosen.values()].filter((r) => r === rule).length;
    if (count > most) [most, fallback] = [count, rule];
  }
  const explicit = new Map([...chosen].filter(([, rule]) => rule !== fallback));
  return { consistent, fallback, shifts, reduces: explicit, errors };
}

/** The automaton: rows of actions, and states by nonterminal. */
export function buildAutomaton(grammar) {
  const g = numberSymbols(grammar);
  const level = levels(grammar, g.symbol);
  const states = buildStates(g);
  const reduces = reductions(g, states);
  const rows = states.map((state, s) => row(g, level, state, reduces[s]));
  const gotos = states.map((state) => new Map([...state.next].filter(([symbol]) => symbol >= g.tokenCount)));
  const final = states[states[0].next.get(g.rules[1].left)].next.get(END);
  return { ...g, rows, gotos, final };
}
