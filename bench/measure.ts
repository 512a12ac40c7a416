// One run of a program: what it printed, and what it took.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Sample {
  /** Seconds. */
  wall: number;
  /** Seconds of user and system time, of the program and all that it started. */
  cpu: number;
  /** Bytes: the largest resident set of the program or of one that it started. Undefined where the system cannot tell. */
  memory?: number;
}

export interface Run extends Sample {
  status: number;
  stdout: string;
  stderr: string;
}

const gnuTime = '/usr/bin/time';
const hasGnuTime = fs.existsSync(gnuTime);

// Bash reports milliseconds where GNU time has hundredths of a second; GNU time knows the peak memory. Both write to files, so that
// stderr stays the program's.
const script = 'figures=$1; shift; TIMEFORMAT="%3R %3U %3S"; { time "$@" 2>&3 3>&-; } 3>&2 2>"$figures"';

/** A start of Node 20 with NODE_EXTRA_CA_CERTS set takes half as long again, which says nothing about an evaluator. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, NIX_PATH: ___, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C', NO_COLOR: '1' };
}

/** The peak of a running process as Linux shows it; lost when the process ends, so it is asked for again and again. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The anonymous memory that a process has now: what is its own, and no copy of a file. */
function anonymousOf(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const direct = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return [...direct, ...direct.flatMap(childrenOf)];
  } catch {
    return [];
  }
}

function parseFigures(text: string): Sample {
  const [wall = 0, user = 0, system = 0] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { wall, cpu: user + system };
}

export interface MeasureOptions {
  /** Memory is what all processes together have anonymously at once, looked at every few milliseconds, instead of the largest resident set. */
  anonymous?: boolean;
}

/** Runs a command to its end and measures it. */
export async function measure(command: string[], { anonymous = false }: MeasureOptions = {}): Promise<Run> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bench-'));
  const figures = path.join(folder, 'time');
  const peak = path.join(folder, 'peak');
  const timed = hasGnuTime && !anonymous;
  const counted = timed ? [gnuTime, '-q', '-f', '%M', '-o', peak, ...command] : command;
  try {
    const child = spawn('bash', ['-c', script, 'bash', figures, ...counted], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    let polled = 0;
    const look = () => {
      const processes = childrenOf(child.pid ?? 0);
      const sum = () => processes.reduce((total, pid) => total + anonymousOf(pid), 0);
      polled = Math.max(polled, ...(anonymous ? [sum()] : processes.map(peakOf)));
    };
    const timer = timed ? undefined : setInterval(look, 5);
    const status = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 128));
    });
    clearInterval(timer);
    const memory = timed ? Number(fs.readFileSync(peak, 'utf8').trim().split('\n').at(-1)) * 1024 : polled;
    return { status, ...output, ...parseFigures(fs.readFileSync(figures, 'utf8')), ...(memory > 0 && { memory }) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
