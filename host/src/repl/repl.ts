// The commands of the repl (libcmd/repl.cc), without the terminal: lines go in, text comes out.
import { decodeText, ErrorCode, type Handle, NixError, type Position, PrintFlag, PrintMode, ValueKind } from '@vixen/eval-core';
import { selectPath } from '../core/attr-path.ts';
import { requireDrvPath } from '../core/derivations.ts';
import type { Session } from '../core/session.ts';
import { type Attribute, documentationOf } from './documentation.ts';
import { debugHelpText, helpText } from './help.ts';
import { renderMarkdown } from './markdown.ts';
import { IncompleteInput, Scope } from './scope.ts';

/** What the repl needs from outside. */
export interface ReplHost {
  /** Text on stdout, with a line end. */
  print(text: string): void;
  /** A line of the log. */
  notice(text: string): void;
  /** The value of a file as the command line names it. */
  loadFile(name: string): Promise<Handle>;
  loadFlake(reference: string): Promise<Handle>;
  /** Shows a file to the user, and waits. */
  edit(file: string, line: number): Promise<void>;
  /** Documentation of a builtin. */
  documentation(name: string): string | undefined;
  /** Columns of the terminal. */
  width(): number;
  /** Builds; without it there are no commands that do. */
  readonly builds?: ReplBuilds | undefined;
}

/** What the repl can have made of derivations. */
export interface ReplBuilds {
  /** Builds all outputs; with `link` they are linked to, and the links told instead of names. */
  build(drvPath: string, link: boolean): Promise<{ readonly name: string; readonly path: string }[]>;
  /** Prints the log. */
  log(drvPath: string): Promise<void>;
  /** A shell in which what the build needs is at hand. */
  shell(drvPath: string): Promise<void>;
}

/** `continue` and `step` are of the debugger. */
export type ReplOutcome = 'more' | 'done' | 'quit' | 'continue' | 'step';

type Command = (argument: string, name: string) => Promise<ReplOutcome | void>;

export interface ReplOptions {
  base: string;
  showTrace: boolean;
  /** Commands besides, or instead of, those of every repl. */
  more?: Record<string, Command>;
}

const shownNames = 20;
const plain = (message: string) => new NixError(ErrorCode.Plain, message);

export class Repl {
  readonly scope: Scope;
  showTrace: boolean;
  readonly #more: Record<string, Command>;
  readonly #session: Session;
  readonly #host: ReplHost;
  readonly #files = new Set<string>();
  readonly #flakes = new Set<string>();
  #lastLoaded: string[] | undefined;

  constructor(session: Session, host: ReplHost, options: ReplOptions) {
    this.#session = session;
    this.#host = host;
    this.showTrace = options.showTrace;
    this.#more = options.more ?? {};
    this.scope = new Scope(session, options.base);
  }

  /** Takes all that was typed so far: `more` means that it goes on. */
  async take(input: string): Promise<ReplOutcome> {
    const line = input.trim();
    if (line === '') return 'done';
    try {
      if (line === ':q' || line === ':quit') return 'quit';
      if (line.startsWith(':')) return await this.#command(line);
      if (!(await this.scope.define(line))) await this.#show(await this.scope.evaluate(line));
    } catch (error) {
      if (error instanceof IncompleteInput) return 'more';
      throw error;
    }
    return 'done';
  }

  async #command(line: string): Promise<ReplOutcome> {
    const [, name = '', argument = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    const command = this.#more[name] ?? this.#commands[name];
    if (!command) throw plain(`unknown command '\x0e${name}\x0f'`);
    return (await command(argument, name)) ?? 'done';
  }

  readonly #unavailable = async (_: string, name: string) => {
    throw plain(`'\x0e${name}\x0f' is not supported: Vixen has no profiles`);
  };

  /** What builds, and the derivation that an expression stands for. */
  async #derivation(text: string): Promise<{ builds: ReplBuilds; drvPath: string }> {
    const { builds } = this.#host;
    if (!builds) throw plain('nothing can be built here');
    const attrs = await this.scope.evaluate(text);
    return { builds, drvPath: await requireDrvPath(this.#session, { attrPath: '', attrs }) };
  }

  async #build(text: string, link: boolean) {
    const { builds, drvPath } = await this.#derivation(text);
    const outputs = await builds.build(drvPath, link);
    const lines = outputs.map(({ name, path }) => `  ${name} -> ${path}`);
    this.#host.print(['\nThis derivation produced the following outputs:', ...lines].join('\n'));
  }

  async #log(text: string) {
    const { builds, drvPath } = await this.#derivation(text);
    await builds.log(drvPath);
  }

  async #shell(text: string) {
    const { builds, drvPath } = await this.#derivation(text);
    await builds.shell(drvPath);
  }

  /** A shell with the derivation at hand, rather than with what it needs. */
  #use(text: string) {
    return this.#shell(`(import <nixpkgs> { }).runCommand "shell" { buildInputs = [ (${text}) ]; } ""`);
  }

  #help() {
    this.#host.print(':bt' in this.#more ? helpText + debugHelpText : helpText);
  }

  readonly #commands: Record<string, Command> = {
    ':?': async () => this.#help(),
    ':help': async () => this.#help(),
    ':a': (text) => this.#addValue(text),
    ':add': (text) => this.#addValue(text),
    ':l': (file) => this.#load(file),
    ':load': (file) => this.#load(file),
    ':lf': (reference) => this.loadFlake(reference),
    ':load-flake': (reference) => this.loadFlake(reference),
    ':ll': async () => this.#showLoaded(),
    ':last-loaded': async () => this.#showLoaded(),
    ':r': () => this.#reload(),
    ':reload': () => this.#reload(),
    ':t': async (text) => this.#host.print(this.#session.typeName(await this.scope.evaluate(text))),
    ':p': (text) => this.#printAll(text),
    ':print': (text) => this.#printAll(text),
    ':doc': (text) => this.#document(text),
    ':e': (text) => this.#edit(text),
    ':edit': (text) => this.#edit(text),
    ':env': async () => this.#host.print(this.scope.variables().join('\n')),
    ':te': async (text) => this.#toggleTrace(text, ':te'),
    ':trace-enable': async (text) => this.#toggleTrace(text, ':trace-enable'),
    ':b': (text) => this.#build(text, false),
    ':bl': (text) => this.#build(text, true),
    ':i': this.#unavailable,
    ':u': (text) => this.#use(text),
    ':sh': (text) => this.#shell(text),
    ':log': (text) => this.#log(text),
  };

  async #show(value: Handle) {
    this.#host.print(decodeText(await this.#session.print(value, PrintMode.Repl)));
  }

  async #printAll(text: string) {
    const value = await this.scope.evaluate(text);
    if (this.#session.kind(value) === ValueKind.String) this.#host.print(this.#session.machine.string(value));
    else this.#host.print(decodeText(await this.#session.print(value, PrintMode.Repl, PrintFlag.Strict)));
  }

  async #addValue(text: string) {
    this.#loaded(await this.scope.add(await this.scope.evaluate(text)));
  }

  #loaded(names: string[]) {
    this.#lastLoaded = names;
    this.#host.notice(`Added ${names.length} variables.`);
    this.#host.notice(names.slice(0, shownNames).join(', '));
    if (names.length > shownNames) this.#host.notice(`... and ${names.length - shownNames} more; view with :ll`);
  }

  #showLoaded() {
    if (!this.#lastLoaded) throw plain('nothing has been loaded yet');
    this.#host.print(this.#lastLoaded.join('\n'));
  }

  async #load(file: string) {
    this.#session.machine.exports.forgetFiles();
    await this.loadFile(file);
  }

  async loadFile(file: string) {
    this.#files.delete(file);
    this.#files.add(file);
    const { machine } = this.#session;
    const value = await this.#session.autoCall(await this.#host.loadFile(file), machine.makeAttrs());
    this.#loaded(await this.scope.add(value));
  }

  async loadFlake(reference: string) {
    if (reference === '') throw plain("cannot use ':load-flake' without a path specified. (Use '.' for the current working directory.)");
    this.#flakes.delete(reference);
    this.#flakes.add(reference);
    this.#loaded(await this.scope.add(await this.#host.loadFlake(reference)));
  }

  async #reload() {
    this.#session.machine.exports.forgetFiles();
    this.scope.clear();
    for (const file of [...this.#files]) {
      this.#host.notice(`Loading "${file}"...`);
      await this.loadFile(file);
    }
    for (const flake of [...this.#flakes]) {
      this.#host.notice(`Loading flake '${flake}'...`);
      await this.loadFlake(flake);
    }
  }

  #toggleTrace(text: string, name: string) {
    if (text !== '' && text !== 'true' && text !== 'false') throw plain(`unexpected argument '\x0e${text}\x0f' to \x0e${name}\x0f`);
    this.showTrace = text === '' ? !this.showTrace : text === 'true';
    this.#host.print(this.showTrace ? 'showing error traces' : 'not showing error traces');
  }

  async #document(text: string) {
    const value = await this.scope.evaluate(text);
    const attribute = await this.#attribute(text);
    const found = await documentationOf(this.#session, value, attribute, (name) => this.#host.documentation(name));
    if (found === undefined) throw plain('value does not have documentation');
    this.#host.print(renderMarkdown(found, this.#host.width()));
  }

  /** The attribute that a selection ends with. */
  async #attribute(text: string): Promise<Attribute | undefined> {
    const [, set, name] = /^(.*)\.\s*([A-Za-z_][\w'-]*)\s*$/s.exec(text) ?? [];
    if (set === undefined || name === undefined) return undefined;
    const value = await this.scope.evaluate(set);
    const position = this.#session.kind(value) === ValueKind.Attrs ? this.#session.machine.attrPosition(value, name) : undefined;
    return position && { name, position };
  }

  async #edit(text: string) {
    const { machine } = this.#session;
    const value = await this.scope.evaluate(text);
    const kind = this.#session.kind(value);
    if (kind === ValueKind.Path || kind === ValueKind.String) await this.#host.edit(machine.string(value), 0);
    else {
      const position = kind === ValueKind.Attrs ? await this.#packagePosition(value) : await this.#definition(value, text);
      if (!position) throw plain(`package '\x0e${text}\x0f' has no source location information`);
      await this.#host.edit(position.file, position.line);
    }
    await this.#reload();
  }

  /** Where a function is defined, or the attribute that a selection ends with. */
  async #definition(value: Handle, text: string): Promise<{ file: string; line: number } | undefined> {
    const { machine } = this.#session;
    const own = this.#session.kind(value) === ValueKind.Function ? machine.lambdaInfo(value).position : undefined;
    return fileOf(own ?? (await this.#attribute(text))?.position);
  }

  async #packagePosition(value: Handle): Promise<{ file: string; line: number } | undefined> {
    const { machine } = this.#session;
    const { value: found } = await selectPath(this.#session, value, 'meta.position', machine.makeAttrs());
    const text = machine.string(await this.#session.force(found));
    const [, file = '', line = '0'] = /^(.*):(\d+)$/s.exec(text) ?? [];
    return file === '' ? undefined : { file, line: Number(line) };
  }
}

function fileOf(position: Position | undefined): { file: string; line: number } | undefined {
  return position?.origin.kind === 'path' ? { file: position.origin.path, line: position.line } : undefined;
}
