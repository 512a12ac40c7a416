/** `.netrc`, names and passwords by machine (as curl reads it). Macros are skipped. */
import { readFile } from 'node:fs/promises';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export class Netrc {
  readonly #logins = new Map<string, Login>();
  #fallback: Login | undefined;

  static parse(text: string): Netrc {
    const netrc = new Netrc();
    const words = tokens(text);
    for (let at = 0; at < words.length; at++) {
      if (words[at] !== 'machine' && words[at] !== 'default') continue;
      const machine = words[at] === 'machine' ? words[++at] : undefined;
      const fields: Record<string, string> = {};
      while (words[at + 1] && isField(words[at + 1]!)) {
        fields[words[at + 1]!] = words[at + 2] ?? '';
        at += 2;
      }
      netrc.#add(machine, { user: fields.login ?? '', password: fields.password ?? '' });
    }
    return netrc;
  }

  /** Reads a file; one that is not there has nothing to say. */
  static async read(file: string | undefined): Promise<Netrc> {
    if (file === undefined || file === '') return new Netrc();
    try {
      return Netrc.parse(await readFile(file, 'utf8'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) return new Netrc();
      throw error;
    }
  }

  #add(machine: string | undefined, login: Login): void {
    if (machine === undefined) this.#fallback ??= login;
    else if (!this.#logins.has(machine)) this.#logins.set(machine, login);
  }

  /** What to say to a host; undefined: nothing. */
  login(host: string): Login | undefined {
    return this.#logins.get(host) ?? this.#fallback;
  }
}

const isField = (word: string) => word === 'login' || word === 'password' || word === 'account';

/** Words, which quotes may hold together; `#` begins a remark; a macro ends with an empty line. */
function tokens(text: string): string[] {
  const withoutMacros = text.replace(/(^|\n)[ \t]*macdef[\s\S]*?(\n[ \t]*\n|$)/g, '\n');
  const words = withoutMacros.matchAll(/#[^\n]*|"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...words].flatMap(([, quoted, plain]) => {
    if (quoted !== undefined) return [quoted.replace(/\\(.)/g, '$1')];
    return plain === undefined ? [] : [plain];
  });
}
