// Completion: builtins with their descriptions, the names in the file, what is in lib where there is one.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { builtins, globalNames } from './builtins.ts';
import { builtinDocs } from './docs.ts';
import { styleAt } from './nix-language.ts';
import { tokensOf } from './tokens.ts';

/** The names in an attribute set of nixpkgs' lib, by the path to it (`[]` is lib itself); none where there is no nixpkgs. */
export type LibMembers = (path: readonly string[]) => Promise<readonly string[]>;

const keywords = ['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with', 'true', 'false', 'null'];
// Styles in which nothing is completed.
const texts = new Set<string | undefined>(['comment', 'string', 'escape', 'path', 'uri', 'number']);

const validFor = /^[\w'-]*$/;

const builtinOptions: Completion[] = [...builtins.values()].map((builtin) => ({
  label: builtin.name,
  type: builtin.arity === 0 ? 'constant' : 'function',
  info: () => builtinDocs(builtin),
}));
const globalOptions: Completion[] = builtinOptions.filter(({ label }) => globalNames.has(label));
const keywordOptions: Completion[] = keywords.map((label) => ({ label, type: 'keyword', boost: -1 }));
const builtinsOption: Completion = { label: 'builtins', type: 'namespace', detail: 'all builtins' };

// Characters before and behind the cursor in which names are looked for: all of a long text would take longer than a keystroke may.
const reach = 50_000;

/** The names around the cursor. */
function namesAround({ state, pos }: CompletionContext): Completion[] {
  const from = state.doc.lineAt(Math.max(0, pos - reach)).from;
  return namesIn(state.sliceDoc(from, pos + reach), pos - from);
}

const named = new Set(['variable', 'definition', 'attribute']);

/** Names in a text, except for the one that is being written at `position`. */
export function namesIn(text: string, position: number): Completion[] {
  const found = new Map<string, boolean>();
  for (const { text: name, style, from } of tokensOf(text)) {
    const isWritten = from < position && position <= from + name.length;
    if (!named.has(style) || isWritten) continue;
    found.set(name, (found.get(name) ?? false) || style === 'definition');
  }
  return [...found]
    .filter(([name]) => !globalNames.has(name))
    .map(([label, isDefined]) => ({ label, type: isDefined ? 'variable' : 'text', boost: isDefined ? 2 : -2 }));
}

const selection = /(?:^|[^\w'.-])((?:[a-zA-Z_][\w'-]*\.)+)([\w'-]*)$/;

export function nixCompletion(libMembers: LibMembers): CompletionSource {
  return (context) => {
    if (texts.has(styleAt(context.state, context.pos))) return null;
    const line = context.state.doc.lineAt(context.pos);
    const selected = selection.exec(line.text.slice(0, context.pos - line.from));
    if (selected) return membersOf(selected[1]!.slice(0, -1).split('.'), context.pos - selected[2]!.length, context, libMembers);
    const word = context.matchBefore(/[a-zA-Z_][\w'-]*/);
    if (!word && !context.explicit) return null;
    const names = namesAround(context);
    return { from: word?.from ?? context.pos, options: [...names, ...globalOptions, builtinsOption, ...keywordOptions], validFor };
  };
}

async function membersOf(
  [first, ...path]: string[],
  from: number,
  context: CompletionContext,
  libMembers: LibMembers,
): Promise<CompletionResult | null> {
  if (first === 'builtins' && path.length === 0) return { from, options: builtinOptions, validFor };
  // `pkgs.lib.` and the like
  const at = [first, ...path].indexOf('lib');
  const members = at < 0 ? [] : await libMembers([first!, ...path].slice(at + 1));
  if (members.length > 0) return { from, options: members.map((label) => ({ label, type: 'property' })), validFor };
  return { from, options: namesAround(context), validFor };
}
