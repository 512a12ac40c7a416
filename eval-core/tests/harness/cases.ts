// Language tests, read from and written to their files. docs/testing.md describes the formats.
import fs from 'node:fs';
import path from 'node:path';

/** What an evaluator did with a case. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** One run of the evaluator and what it must come to. */
export interface Case {
  name: string;
  /** The arguments after `--eval --strict`. */
  args: string[];
  /** The text of stdout where the case is to succeed. */
  value?: string;
  /** Lines of the error where it is to fail: contained in stderr, in this order. Undefined where the file does not say yet. */
  error?: string[];
  /** The whole of stderr where the case is about traces (its flags have `--show-trace`). */
  trace?: string;
  /** Keeps what an evaluator did as the expectation, or refuses when it is not the outcome that the file's name promises. */
  record(outcome: Outcome): void;
}

/** A folder of tests about one feature of the language. */
export interface Feature {
  name: string;
  folder: string;
  cases: Case[];
}

const read = (file: string) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** Nothing in an expectation depends on where the repository stands. */
export const withoutFolder = (text: string, folder: string) => text.replaceAll(folder, '/pwd').replaceAll(path.dirname(folder), '/tests');

/**
 * The final message of an error: from the last `error:` on, without the excerpts of source text. Traces before it are left out, so that
 * a case about a builtin does not depend on the wording of every frame.
 */
export function finalMessage(stderr: string): string[] {
  const all = stderr.split('\n');
  const start = all.findLastIndex((line) => /^\s*error:/.test(line));
  return all
    .slice(Math.max(start, 0))
    .filter((line) => !/^\s*\d*\|/.test(line))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The first expected line that does not come, in order, in the text; undefined when all do. */
export function missingLine(expected: string[], text: string): string | undefined {
  let from = 0;
  for (const line of expected) {
    const found = text.indexOf(line, from);
    if (found < 0) return line;
    from = found + line.length;
  }
  return undefined;
}

function mustEnd(outcome: Outcome, ok: boolean) {
  if (outcome.stderr.includes('error: unrecognised flag')) throw new Error(`was not understood: ${outcome.stderr}`);
  if ((outcome.status === 0) === ok) return;
  throw new Error(`${ok ? 'should succeed' : 'should fail'}, but ended with ${outcome.status}: ${outcome.stderr || outcome.stdout}`);
}

function fileCase(folder: string, base: string): Case {
  const file = path.join(folder, base);
  const fails = base.startsWith('fail-');
  const flags = (read(`${file}.flags`) ?? '').split(/\s+/).filter((flag) => flag !== '');
  const expected = read(`${file}.${fails ? 'err' : 'exp'}`);
  const args = flags.includes('-E') ? flags : [...flags, `${file}.nix`];
  if (fails) {
    const exact = flags.includes('--show-trace');
    const record = (outcome: Outcome) => {
      mustEnd(outcome, false);
      const stderr = withoutFolder(outcome.stderr, folder);
      fs.writeFileSync(`${file}.err`, exact ? stderr : `${finalMessage(stderr).join('\n')}\n`);
    };
    if (expected === undefined) return { name: base, args, record };
    return { name: base, args, record, ...(exact ? { trace: expected } : { error: lines(expected) }) };
  }
  const record = (outcome: Outcome) => {
    mustEnd(outcome, true);
    fs.writeFileSync(`${file}.exp`, withoutFolder(outcome.stdout, folder));
  };
  return { name: base, args, record, ...(expected !== undefined && { value: expected }) };
}

interface Block {
  comment: string[];
  expression: string;
  error: string[];
}

function parseBlock(text: string): Block {
  const all = text.split('\n');
  const comment = all.slice(
    0,
    all.findIndex((line) => !line.startsWith('#')),
  );
  const error = all.filter((line) => line.startsWith('!! ')).map((line) => line.slice(3));
  const expression = all.slice(comment.length).filter((line) => !line.startsWith('!! '));
  return { comment, expression: expression.join('\n'), error };
}

const printBlock = ({ comment, expression, error }: Block) => [...comment, expression, ...error.map((line) => `!! ${line}`)].join('\n');

/** The cases of a `.fails` file: blocks of an expression and the lines of its error, with an empty line between them. */
function failCases(folder: string, base: string): Case[] {
  const file = path.join(folder, `${base}.fails`);
  const blocks = (read(file) ?? '')
    .trim()
    .split(/\n{2,}/)
    .map(parseBlock);
  const write = () => fs.writeFileSync(file, `${blocks.map(printBlock).join('\n\n')}\n`);
  return blocks.map((block) => ({
    name: `${base}: ${block.expression.replace(/\s+/g, ' ')}`,
    args: ['-E', block.expression],
    ...(block.error.length > 0 && { error: block.error }),
    record(outcome) {
      mustEnd(outcome, false);
      block.error = finalMessage(withoutFolder(outcome.stderr, folder));
      write();
    },
  }));
}

/** All features below a folder. A folder without tests (a fixture, the harness) is none. */
export function readFeatures(top: string): Feature[] {
  const folders = fs.readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const features = folders.map(({ name }) => {
    const folder = path.join(top, name);
    const files = fs.readdirSync(folder).sort();
    const named = (suffix: string) => files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
    const cases = [...named('.nix').map((base) => fileCase(folder, base)), ...named('.fails').flatMap((base) => failCases(folder, base))];
    return { name, folder, cases };
  });
  return features.filter(({ cases }) => cases.length > 0);
}
