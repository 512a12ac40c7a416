// Remembered evaluations: a run that has nothing to do says the same again, and any change of what it depended on is seen. Whether a run was answered from
// memory is seen by what stands there: the specs write another answer into it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../../bin/vixen.cjs', import.meta.url));
const changed = 'from memory\n';

/** Something that is made without a sandbox, whose path depends on `value`. */
const program = (value: string) => `
derivation {
  name = "x"; system = "builtin"; builder = "builtin:buildenv";
  derivations = ""; manifest = "/dummy"; text = toString (${value});
}`;

let dir = '';
beforeEach(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-remembered-')));
});
afterEach(() => {
  spawnSync('chmod', ['-R', 'u+w', dir]);
  fs.rmSync(dir, { recursive: true });
});

const at = (name: string) => path.join(dir, name);
const write = (name: string, text: string) => fs.writeFileSync(at(name), text);
const records = () => fs.readdirSync(at('cache/vixen/evaluations')).map((name) => at(`cache/vixen/evaluations/${name}`));

function run(args: string[], more: Record<string, string> = {}) {
  const { NIX_PATH: _path, VIXEN_STORE: _store, NODE_EXTRA_CA_CERTS: _certificates, ...inherited } = process.env;
  const env = {
    ...inherited,
    HOME: dir,
    XDG_CACHE_HOME: at('cache'),
    NIX_CONF_DIR: dir,
    NIX_CONFIG: 'substituters =',
    VIXEN_STORE: at('root'),
    ...more,
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], { cwd: dir, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Clocks of file systems tick every few milliseconds, and what is as young as that is not remembered. */
const settle = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);

/** Writes another answer into what is remembered; answers how much of it there was. */
function falsify(): number {
  let count = 0;
  for (const file of fs.existsSync(at('cache/vixen/evaluations')) ? records() : []) {
    const record = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (!record.done) continue;
    count += 1;
    fs.writeFileSync(file, JSON.stringify({ ...record, done: { ...record.done, out: changed } }));
  }
  return count;
}

const plain = ['nix-build', '--no-out-link', 'x.nix'];

/** Runs until it is remembered; the answer that is there by then is a false one. */
function remember(args = plain, more: Record<string, string> = {}): string {
  settle();
  const { stdout, status } = run(args, more);
  expect(status).toBe(0);
  expect(run(args, more)).toEqual({ stdout, stderr: '', status: 0 });
  expect(falsify()).toBe(1);
  expect(run(args, more).stdout).toBe(changed);
  return stdout;
}

describe('what was asked for is asked for again', () => {
  test('by nix-build and by vixen build', () => {
    write('x.nix', program('1'));
    remember();
    fs.rmSync(at('cache'), { recursive: true });
    remember(['build', '--no-link', 'x.nix']);
  });

  test('with an attribute, an expression, an argument', () => {
    write('x.nix', `{ n ? 1 }: { a = ${program('n')}; }`);
    remember(['nix-build', '--no-out-link', 'x.nix', '-A', 'a', '--argstr', 'n', '2']);
    expect(run(['nix-build', '--no-out-link', 'x.nix', '-A', 'a', '--argstr', 'n', '3']).stdout).toMatch(/^\/nix\/store/);
    expect(run(['nix-build', '--no-out-link', '-E', program('4')]).stdout).toMatch(/^\/nix\/store/);
  });

  test('with links, as long as they are there', () => {
    write('x.nix', program('1'));
    const out = remember(['nix-build', 'x.nix']);
    fs.rmSync(at('result'));
    expect(run(['nix-build', 'x.nix']).stdout).toBe(out);
    expect(fs.readlinkSync(at('result'))).toBe(at('root') + out.trim());
  });

  test('with links, as long as they keep what they lead to', () => {
    write('x.nix', program('1'));
    const out = remember(['nix-build', 'x.nix']);
    fs.rmSync(at('root/nix/var/nix/gcroots/auto'), { recursive: true });
    expect(run(['nix-build', 'x.nix']).stdout).toBe(out);
    expect(run(['store', 'gc']).status).toBe(0);
    expect(fs.existsSync(at('result'))).toBe(true);
  });

  test('not where it is to be built again', () => {
    write('x.nix', program('1'));
    run([...plain, '--check']);
    run([...plain, '--check']);
    expect(falsify()).toBe(0);
  });

  test('not where nothing is to be remembered', () => {
    write('x.nix', program('1'));
    const args = [...plain, '--option', 'eval-cache', 'false'];
    expect([run(args).status, run(args).status]).toEqual([0, 0]);
    expect(fs.existsSync(at('cache/vixen/evaluations'))).toBe(false);
  });
});

describe('changes are seen', () => {
  /** `change` makes the answer another one; `value` says how the program depends on what is changed. */
  const sees = (value: string, before: () => void, change: () => void, more: Record<string, string> = {}, later = more) => {
    before();
    write('x.nix', program(value));
    const first = remember(plain, more);
    change();
    const second = run(plain, later);
    expect(second).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\/nix\/store\/.*-x\n$/) });
    expect(second.stdout).not.toBe(first);
  };

  test('of the file itself', () =>
    sees(
      '1',
      () => {},
      () => write('x.nix', program('2')),
    ));

  test('of a file that is imported, even where its size and time stay', () =>
    sees(
      'import ./y.nix',
      () => write('y.nix', '1'),
      () => {
        const { atime, mtime } = fs.statSync(at('y.nix'));
        write('y.nix', '2');
        fs.utimesSync(at('y.nix'), atime, mtime);
      },
    ));

  test('of a file that is replaced by an older one', () =>
    sees(
      'import ./y.nix',
      () => {
        write('z.nix', '2');
        write('y.nix', '1');
      },
      () => fs.renameSync(at('z.nix'), at('y.nix')),
    ));

  test('of a folder that is listed', () =>
    sees(
      'builtins.attrNames (builtins.readDir ./folder)',
      () => {
        fs.mkdirSync(at('folder'));
        write('folder/a', '');
      },
      () => write('folder/b', ''),
    ));

  test('of a file in a folder that is added to the store', () =>
    sees(
      'builtins.path { path = ./folder; name = "f"; }',
      () => {
        fs.mkdirSync(at('folder'));
        write('folder/a', '1');
      },
      () => write('folder/a', '2'),
    ));

  test('of the right to execute a file in it', () =>
    sees(
      'builtins.path { path = ./folder; name = "f"; }',
      () => {
        fs.mkdirSync(at('folder'));
        write('folder/a', '1');
      },
      () => fs.chmodSync(at('folder/a'), 0o755),
    ));

  test('of what is missing', () =>
    sees(
      'if builtins.pathExists ./y then 1 else 2',
      () => {},
      () => write('y', ''),
    ));

  test('of a symlink', () =>
    sees(
      'builtins.readFile ./link',
      () => {
        write('a', '1');
        write('b', '2');
        fs.symlinkSync('a', at('link'));
      },
      () => {
        fs.rmSync(at('link'));
        fs.symlinkSync('b', at('link'));
      },
    ));

  test('of a folder behind a symlink', () =>
    sees(
      'import ./link/y.nix',
      () => {
        for (const name of ['a', 'b']) {
          fs.mkdirSync(at(name));
          write(`${name}/y.nix`, name === 'a' ? '1' : '2');
        }
        fs.symlinkSync('a', at('link'));
      },
      () => {
        fs.rmSync(at('link'));
        fs.symlinkSync('b', at('link'));
      },
    ));

  test('of a variable that is asked for', () =>
    sees(
      'builtins.getEnv "MARK"',
      () => {},
      () => {},
      { MARK: '1' },
      { MARK: '2' },
    ));

  test('of the search path', () => {
    const given = (n: number) => ({ NIX_PATH: `y=${at(`${n}.nix`)}` });
    sees(
      'import <y>',
      () => {
        write('1.nix', '1');
        write('2.nix', '2');
      },
      () => {},
      given(1),
      given(2),
    );
  });

  test('of the configuration', () =>
    sees(
      'builtins.currentSystem',
      () => {},
      () => write('nix.conf', 'eval-system = another'),
    ));

  test('a variable that nobody asks for is none', () => {
    write('x.nix', program('1'));
    remember();
    expect(run(plain, { MARK: '2' }).stdout).toBe(changed);
  });
});

describe('the store', () => {
  test('an output that was removed is missed', () => {
    write('x.nix', program('1'));
    const out = remember();
    expect(run(['store', 'gc']).status).toBe(0);
    expect(run(plain).stdout).toBe(out);
    expect(run(['nix-store', '--query', '--hash', out.trim()]).status).toBe(0);
  });

  test('after other changes of the store the evaluation is remembered, and what it came to looked up', () => {
    write('x.nix', program('1'));
    const out = remember();
    expect(run(['nix-build', '--no-out-link', '-E', program('2')]).status).toBe(0);
    expect(run(plain).stdout).toBe(out);
  });
});

describe('what is not remembered', () => {
  const never = (value: string) => {
    write('x.nix', program(value));
    settle();
    const [first, second, third] = [run(plain), run(plain), run(plain)];
    expect(first.status).toBe(0);
    expect(falsify()).toBe(0);
    return [first, second, third];
  };

  test('what says something says it each time', () => {
    for (const { stderr } of never('builtins.trace "said" 1')) expect(stderr).toMatch(/^trace: said\n/);
  });

  test('the time', () => {
    never('builtins.seq builtins.currentTime 1');
  });

  test('what asks the store', () => {
    never('builtins.pathExists (builtins.toFile "y" "")');
  });

  test('a file that has just been written', () => {
    write('x.nix', program('1'));
    const late = `${program('import ./y.nix')}`;
    write('y.nix', '1');
    const { stdout } = run(['nix-build', '--no-out-link', '-E', `builtins.seq (builtins.readFile ./x.nix) (${late})`]);
    write('y.nix', '2');
    expect(run(['nix-build', '--no-out-link', '-E', `builtins.seq (builtins.readFile ./x.nix) (${late})`]).stdout).not.toBe(stdout);
  });
});

test('damaged memory is none', () => {
  write('x.nix', program('1'));
  const out = remember();
  for (const text of ['', '{', '[]', 'null', JSON.stringify({ key: 'another' })]) {
    for (const file of records()) fs.writeFileSync(file, text);
    expect(run(plain)).toMatchObject({ status: 0, stdout: out, stderr: '' });
  }
  const [file] = records();
  const record = JSON.parse(fs.readFileSync(file!, 'utf8'));
  for (const part of ['conditions', 'done', 'wanted']) {
    fs.writeFileSync(file!, JSON.stringify({ ...record, [part]: 7 }));
    expect(run(plain)).toMatchObject({ status: 0, stdout: out, stderr: '' });
  }
});
