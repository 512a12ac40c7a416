/** What every sandbox has to pass. Scripts are for busybox, which is `/busybox` inside. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuildError } from '../../errors.ts';
import { openBuilder } from '../../open.ts';
import { type BuildLimits, type BuildOutcome, type BuildRequest, type BuildService, noLimits } from '../../service.ts';
import { staticShell } from '../machine.ts';
import { hostileTests } from './hostile-tests.ts';
import { outputPath, scriptRequest, type TestStore, testStore } from './requests.ts';

export interface SandboxTraits {
  readonly url: string;
  /** Whether builds see only their inputs. */
  readonly sandboxed: boolean;
}

interface Built {
  readonly log: string;
  readonly outcome?: BuildOutcome;
  readonly error?: unknown;
}

export class Bench {
  sandboxed = true;
  t!: TestStore;
  builder!: BuildService;

  async open(url: string, mode = 0o755): Promise<void> {
    this.t = await testStore(mode);
    this.builder = await openBuilder(url, { store: this.t.store });
  }

  request(script: string, { sandboxPaths = [], ...changes }: Partial<BuildRequest> = {}): BuildRequest {
    const busybox = { source: staticShell()!, target: '/busybox', optional: false };
    const seen = this.sandboxed ? script : script.replaceAll('/busybox', busybox.source);
    return scriptRequest(seen, { sandboxPaths: [busybox, ...sandboxPaths], ...changes });
  }

  async run(script: string, changes: Partial<BuildRequest> = {}, signal?: AbortSignal): Promise<Built> {
    const chunks: Uint8Array[] = [];
    const onLog = (bytes: Uint8Array) => void chunks.push(bytes);
    const request = this.request(script, changes);
    const log = () => Buffer.concat(chunks).toString('latin1');
    try {
      const outcome = await this.builder.build(request, { onLog, ...(signal ? { signal } : {}) });
      return { log: log(), outcome };
    } catch (error) {
      return { log: log(), error };
    }
  }

  /** A build that has to succeed. */
  async good(script: string, changes: Partial<BuildRequest> = {}): Promise<Required<Omit<Built, 'error'>>> {
    const { log, outcome, error } = await this.run(`${script}\necho > $out`, changes);
    if (!outcome) throw new Error(`the build failed: ${log}`, { cause: error });
    return { log, outcome };
  }

  async close(): Promise<void> {
    await this.builder.close();
    await this.t.close();
  }
}

export const limit = (changes: Partial<BuildLimits>): Partial<BuildRequest> => ({ limits: { ...noLimits, ...changes } });

export const failed = (code: string, more: object = {}) => expect.objectContaining({ name: 'BuildError', code, ...more });

const buildMounts = (): string[] =>
  fs
    .readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('vixen-sandbox'));

const marked = (mark: string): string[] =>
  fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });

/** All tests for one sandbox; `traits` says what it promises. */
export function sandboxTests(traits: SandboxTraits): void {
  const bench = new Bench();
  bench.sandboxed = traits.sandboxed;
  beforeAll(() => bench.open(traits.url));
  afterAll(async () => {
    const builds = path.join(bench.t.folder, 'root/nix/var/vixen/builds');
    const own = fs.readdirSync(builds).map((name) => fs.readdirSync(path.join(builds, name)));
    expect(own.flat().filter((name) => /^\d+/.test(name))).toEqual([]);
    await bench.builder.close();
    expect(fs.readdirSync(builds)).toEqual([]);
    expect(buildMounts()).toEqual([]);
    await bench.t.close();
  });

  describe('results', () => resultTests(bench));
  describe('limits', () => limitTests(bench));
  describe('outputs', () => outputTests(bench));
  describe('what means harm', () => hostileTests(bench, traits));
  if (traits.sandboxed) describe('what a build sees', () => viewTests(bench, traits));
}

function resultTests(bench: Bench): void {
  test('an output comes back with its hash, size and references', async () => {
    const name = await bench.t.add('input', (file) => fs.writeFileSync(file, 'some input'));
    const needles = ['0'.repeat(32), name.slice(0, 32), '1'.repeat(32)];
    const inputs = [{ name }];
    const { outcome } = await bench.run(`read x < /nix/store/${name}; echo "$x" /nix/store/${name} > $out`, { inputs, needles });
    expect(outcome?.outputs).toEqual([expect.objectContaining({ path: outputPath, needles: [1] })]);
    const [{ node, narSize }] = outcome!.outputs as [BuildOutcome['outputs'][number]];
    expect(node).toMatchObject({ type: 'file', executable: false });
    expect(narSize % 8).toBe(0);
    const [bytes] = await bench.t.store.castore!.blobs.readMany([(node as { digest: Uint8Array }).digest]);
    expect(Buffer.from(bytes!).toString()).toBe(`some input /nix/store/${name}\n`);
  });

  test('the log holds both streams in order, and what is not UTF-8', async () => {
    const { log } = await bench.good(`echo one; echo two >&2; echo three > /dev/stderr; printf '\\351'`);
    // runc has a pipe of its own for each stream.
    if (bench.builder.url.startsWith('oci:')) expect(log).toHaveLength(15);
    else expect(log).toBe('one\ntwo\nthree\n\xe9');
  });

  test('exit codes are told', async () => {
    expect((await bench.run('exit 7')).error).toEqual(failed('failed', { exitCode: 7 }));
  });

  test('a builder that does not exist has failed', async () => {
    expect((await bench.run('', { command: ['/no/such/builder'] })).error).toEqual(failed('failed'));
  });

  test('arguments and environment keep their bytes', async () => {
    const environment = new Map([
      ['out', `/${outputPath}`],
      ['quoted', `a'b"c\\d$e\nf`],
    ]);
    const command = ['/bin/sh', '-c', 'printf "%s|%s|%s" "$quoted" "$1" "$2"; echo > $out', 'sh', '', `x'y z`];
    expect((await bench.run('', { environment, command })).log).toBe(`a'b"c\\d$e\nf||x'y z`);
  });

  test('files are there, and may be written to', async () => {
    const additionalFiles = [{ path: 'build/.attr-x', contents: Buffer.from('text') }];
    expect((await bench.good('read x < .attr-x; echo "$x"; echo more >> .attr-x', { additionalFiles })).log).toContain('text');
  });

  test('nothing of a build is there in the next one', async () => {
    const look = '/busybox ls -A . /tmp /build /nix/store 2>/dev/null | /busybox grep over-left; echo > $out';
    for (let i = 0; i < 2; i++) {
      const { log, error } = await bench.run(
        `${look}; echo x > over-left-1; /busybox mkdir -p over-left-2/x; echo x > /nix/store/over-left-3; exit ${i}`,
      );
      expect([log, error]).toEqual(['', i === 0 ? undefined : failed('failed')]);
    }
    expect((await bench.good(look)).log).toBe('');
  });

  test('builds run beside each other', async () => {
    const numbers = Array.from({ length: 12 }, (_, i) => i);
    const all = await Promise.all(numbers.map((i) => bench.good(`echo ${i}`)));
    expect(all.map(({ log }) => log)).toEqual(numbers.map((i) => `${i}\n`));
  });

  test('what is no request is refused', async () => {
    for (const changes of [{ scratchPaths: ['../x'] }, { outputs: ['elsewhere/x'] }, { command: [] }]) {
      expect((await bench.run('echo > $out', changes)).error).toEqual(failed('invalid'));
    }
    const { constraints } = scriptRequest('');
    expect((await bench.run('', { constraints: { ...constraints, system: 'pdp11-unix' } })).error).toEqual(failed('unsupported'));
    expect((await bench.run('', { features: ['quantum'] })).error).toEqual(failed('unsupported'));
  });

  test('the folder of a failed build is kept where it is wanted', async () => {
    const keepAt = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-kept-')), 'nix-build-x');
    let kept = '';
    const onKept = (folder: string) => {
      kept = folder;
    };
    const request = scriptRequest('echo left > left; exit 1');
    await expect(bench.builder.build(request, { keepAt, onKept })).rejects.toBeInstanceOf(BuildError);
    expect(kept).toBe(`${keepAt}-0`);
    expect(fs.readFileSync(path.join(kept, 'left'), 'utf8')).toBe('left\n');
    fs.rmSync(path.dirname(kept), { recursive: true });
  });
}

const endless = 'while :; do /busybox sleep 1; done';

function limitTests(bench: Bench): void {
  test.each([
    ['time', `trap '' TERM; ${endless}`, { time: 0.3 }, 'timed-out'],
    ['silence', endless, { silence: 0.3 }, 'silent'],
    ['the log', 'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done', { log: 10_000 }, 'log-limit'],
    ['outputs', `/busybox yes > $out & ${endless}`, { output: 100_000, time: 20 }, 'resources'],
    ['free space', endless, { freeSpace: 2 ** 60 }, 'resources'],
  ] as const)('%s', async (_, script, limits, code) => {
    const { error, log } = await bench.run(script, limit(limits));
    expect(error).toEqual(failed(code));
    expect(log.length).toBeLessThanOrEqual(10_000);
  });

  test('forks without end stop at the limit of processes', async () => {
    const { error } = await bench.run('f() { f & f & /busybox sleep 5; }; f', limit({ processes: 20, time: 2 }));
    expect(error).toBeInstanceOf(BuildError);
  });

  test('a signal ends it, with its reason, and all that it has started', async () => {
    const mark = `sleep 98765${process.pid}`;
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 300);
    const { error } = await bench.run(`(/busybox setsid /busybox ${mark} &) ; ${endless}`, {}, controller.signal);
    expect(error).toBe(reason);
    expect(marked(mark.split(' ')[1]!)).toEqual([]);
  });

  test('processes that it leaves are ended before outputs are read', async () => {
    const mark = `98764${process.pid}`;
    const late = `echo first > $out; (/busybox setsid /bin/sh -c "/busybox sleep 0.3; echo late ${mark} > $out" &)`;
    const { outcome } = await bench.run(`${late}\nexit 0`);
    expect(marked(mark)).toEqual([]);
    expect(outcome?.outputs[0]?.node).toMatchObject({ size: 6n });
  });

  test('a receiver that is slow holds the build back', async () => {
    let size = 0;
    const onLog = async (bytes: Uint8Array) => {
      size += bytes.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const request = scriptRequest(
      'i=0; while [ $i -lt 20000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done; echo > $out',
    );
    await bench.builder.build(request, { onLog });
    expect(size).toBe(20000 * 41);
  });
}

function outputTests(bench: Bench): void {
  test('an output that is missing is named', async () => {
    expect((await bench.run('exit 0')).error).toEqual(failed('output', { path: `/${outputPath}` }));
  });

  test.each([
    ['a FIFO', '/busybox mkdir $out; /busybox mkfifo $out/pipe', `/${outputPath}/pipe`],
    ['a FIFO as the whole', '/busybox mkfifo $out', `/${outputPath}`],
  ])('%s is refused', async (_, script, file) => {
    expect((await bench.run(script)).error).toEqual(failed('output', { path: file }));
  });

  test('links are taken as links', async () => {
    const { outcome } = await bench.run('/busybox ln -s /etc/shadow $out');
    expect(outcome?.outputs[0]?.node).toMatchObject({ type: 'symlink' });
  });

  test('modes are dropped: what nobody may read is read', async () => {
    const script = '/busybox mkdir $out; echo x > $out/x; /busybox chmod 000 $out/x; /busybox mkdir $out/d; /busybox chmod 000 $out/d';
    expect((await bench.run(script)).outcome?.outputs[0]?.node).toMatchObject({ type: 'directory' });
  });

  test('a file that consists of a hole is refused', async () => {
    const { error } = await bench.run('/busybox truncate -s 15000000000000 $out');
    expect(error).toEqual(failed('resources'));
  });

  test('many files do not hang it', async () => {
    const { outcome } = await bench.run('/busybox mkdir $out; i=0; while [ $i -lt 5000 ]; do : > $out/$i; i=$((i+1)); done');
    expect(outcome?.outputs).toHaveLength(1);
  });

  test('paths that are too long are refused, and removed', async () => {
    const name = 'x'.repeat(200);
    const dig = `i=0; while [ $i -lt 40 ]; do /busybox mkdir ${name} && cd ${name}; i=$((i+1)); done; echo deep > file`;
    const { error } = await bench.run(`/busybox mkdir $out; cd $out; ${dig}`);
    expect(error).toEqual(failed('output'));
    expect((await bench.run(`cd /build; ${dig}; exit 3`)).error).toEqual(failed('failed', { exitCode: 3 }));
  });

  test('a folder above an output that is a link is no way out', async () => {
    const outputs = ['nix/store/a/b'];
    const { error } = await bench.run('/busybox ln -s /etc /nix/store/a', { outputs });
    expect(error).toEqual(failed('output'));
  });
}

function viewTests(bench: Bench, { url }: SandboxTraits): void {
  test('users, hosts, folders are as in Nix', async () => {
    const { log } = await bench.good('/busybox id; /busybox cat /etc/passwd /etc/group /etc/hosts; /busybox hostname; echo $$; pwd; umask');
    // Only root may drop groups: a user's own stay, and those that the sandbox does not know are the same there.
    const groups = process.getuid?.() === 0 ? '' : ' groups=100(nixbld)';
    expect(log.replace(/(,65534\(nogroup\))+/, '').split('\n')).toEqual([
      `uid=1000(nixbld) gid=100(nixbld)${groups}`,
      'root:x:0:0:Nix build user:/build:/noshell',
      'nixbld:x:1000:100:Nix build user:/build:/noshell',
      'nobody:x:65534:65534:Nobody:/:/noshell',
      'root:x:0:',
      'nixbld:!:100:',
      'nogroup:x:65534:',
      '127.0.0.1 localhost',
      '::1 localhost',
      'localhost',
      '1',
      '/build',
      '0022',
      '',
    ]);
  });

  test('inputs are read-only, and alone', async () => {
    const file = await bench.t.add('a-file', (at) => fs.writeFileSync(at, 'x'));
    const folder = await bench.t.add('a-folder', (at) => {
      fs.mkdirSync(at);
      fs.writeFileSync(path.join(at, 'x'), 'x');
    });
    const link = await bench.t.add('a-link', (at) => fs.symlinkSync('/somewhere', at));
    const hidden = await bench.t.add('hidden', (at) => fs.writeFileSync(at, 'x'));
    await bench.t.store.checkouts!.checkout(`/nix/store/${hidden}`);
    const inputs = [file, folder, link].sort().map((name) => ({ name }));
    const write = (at: string) => `(echo evil > /nix/store/${at}) 2>/dev/null && echo "wrote ${at}"`;
    const script = `/busybox ls /nix/store; /busybox readlink /nix/store/${link}; ${write(file)}; ${write(`${folder}/x`)}; ${write(`${folder}/y`)};
      /busybox rm -rf /nix/store/${file} /nix/store/${folder} 2>/dev/null; /busybox mount -o remount,rw,bind /nix/store/${folder} 2>/dev/null && echo mounted`;
    const { log } = await bench.good(script, { inputs });
    expect(log.trim().split('\n')).toEqual([...inputs.map(({ name }) => name), '/somewhere']);
    expect(fs.existsSync(path.join(bench.t.folder, 'root/nix/store', folder, 'x'))).toBe(true);
  });

  test('what the last build saw is not there in the next one', async () => {
    const file = await bench.t.add('point', (at) => fs.writeFileSync(at, 'text'));
    const folder = await bench.t.add('point-folder', (at) => fs.mkdirSync(at));
    const seen = async (...names: string[]) =>
      (await bench.good('/busybox ls /nix/store', { inputs: names.sort().map((name) => ({ name })) })).log
        .split('\n')
        .filter((line) => line !== '');
    expect(await seen(file, folder)).toEqual([file, folder].sort());
    expect(await seen(file)).toEqual([file]);
    expect(await seen()).toEqual([]);
    expect(await seen(folder)).toEqual([folder]);
  });

  test('300 inputs are read-only, too', async () => {
    const names: string[] = [];
    for (let i = 0; i < 300; i++) names.push(await bench.t.add(`input-${i}`, (at) => fs.writeFileSync(at, String(i))));
    const inputs = names.sort().map((name) => ({ name }));
    const script = 'n=0; for f in /nix/store/*; do read -r x < $f; n=$((n+1)); (echo > $f) 2>/dev/null && echo wrote $f; done; echo $n';
    expect((await bench.good(script, { inputs })).log).toBe('300\n');
    expect(buildMounts()).toEqual([]);
  });

  test('a store that its user cannot enter does', async () => {
    const hidden = new Bench();
    await hidden.open(url, 0o700);
    try {
      const name = await hidden.t.add('input', (at) => fs.writeFileSync(at, 'hidden'));
      const { log } = await hidden.good(`/busybox cat /nix/store/${name}; (echo > /nix/store/${name}) 2>/dev/null && echo wrote`, {
        inputs: [{ name }],
      });
      expect(log).toBe('hidden');
    } finally {
      await hidden.close();
    }
  });

  test.each([
    ['the environment', '/busybox env | /busybox grep -c HOST_SECRET', '0'],
    ['descriptors', '/busybox ls /proc/self/fd | /busybox wc -l', '4'],
    ['processes', '/busybox ls /proc | /busybox grep -c "^[0-9]" | /busybox sed "s/[234]/few/"', 'few'],
    ['folders of the machine', 'for f in /home /root /var /usr /sys /run; do [ -e $f ] && echo $f; done; echo none', 'none'],
    ['network devices', '/busybox ls /sys 2>/dev/null; /busybox grep -c : /proc/net/dev', '1'],
    ['loopback', '/busybox ip addr show lo | /busybox grep -c "inet 127.0.0.1"', '1'],
    ['capabilities', '/busybox grep -cE "Cap(Eff|Prm|Bnd).*0000000000000000" /proc/self/status', '3'],
    ['new privileges', '/busybox grep NoNewPrivs /proc/self/status | /busybox cut -f2', '1'],
    ['a filter of system calls', '/busybox grep "^Seccomp:" /proc/self/status | /busybox cut -f2', '2'],
    ['a terminal', '(: < /dev/tty) 2>/dev/null || echo none', 'none'],
    ['sysctls', '(echo 1 > /proc/sys/kernel/panic) 2>/dev/null || echo none', 'none'],
    ['the host name', '/busybox hostname evil 2>/dev/null || echo none', 'none'],
    ['the root', '(echo > /x; echo > /etc/x; echo > /nix/x; echo > /bin/x) 2>/dev/null; /busybox ls / | /busybox grep -c "^x$"', '0'],
    ['setuid bits', 'echo > x; /busybox chmod 4755 x 2>/dev/null || echo none', 'none'],
    ['device nodes', '/busybox mknod x c 1 3 2>/dev/null || echo none', 'none'],
    ['dump of core', 'ulimit -c', '0'],
    ['/tmp', 'echo x > /tmp/x; /busybox ls /tmp', 'x'],
    ['shared memory', 'echo x > /dev/shm/x; /busybox cat /dev/shm/x', 'x'],
    ['standard input', '/busybox wc -c', '0'],
  ])('%s', async (_, script, expected) => {
    process.env.HOST_SECRET = 'secret';
    expect((await bench.good(script)).log.trim()).toBe(expected);
  });
}
