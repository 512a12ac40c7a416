/** Classic BPF as seccomp takes it (linux/filter.h, linux/bpf_common.h, linux/seccomp.h), and what a program answers, for specs. */

export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** BPF_LD | BPF_W | BPF_ABS: a word of `struct seccomp_data`. */
const ldAbs = 0x20;
/** BPF_ALU | BPF_AND | BPF_K */
const and = 0x54;
/** BPF_JMP | BPF_JEQ | BPF_K */
const jeq = 0x15;
/** BPF_JMP | BPF_JSET | BPF_K */
const jset = 0x45;
/** BPF_RET | BPF_K */
const ret = 0x06;

export const actions = { allow: 0x7fff0000, killProcess: 0x80000000, errno: 0x00050000 } as const;

/** Where things stand in `struct seccomp_data`; of an argument its low word, on little-endian machines. */
export const offsets = { number: 0, arch: 4, argument: (index: number) => 16 + 8 * index } as const;

export const load = (k: number): Instruction => ({ code: ldAbs, jt: 0, jf: 0, k });
export const mask = (k: number): Instruction => ({ code: and, jt: 0, jf: 0, k: k >>> 0 });
export const answer = (k: number): Instruction => ({ code: ret, jt: 0, jf: 0, k: k >>> 0 });
/** Skips `skip` instructions unless the word equals `k`. */
export const unlessEqual = (k: number, skip: number): Instruction => ({ code: jeq, jt: 0, jf: checked(skip), k: k >>> 0 });
/** Skips `skip` instructions unless one of the bits is set. */
export const unlessAny = (k: number, skip: number): Instruction => ({ code: jset, jt: 0, jf: checked(skip), k: k >>> 0 });

function checked(skip: number): number {
  if (skip > 255) throw new RangeError(`a jump of ${skip} instructions is too far`);
  return skip;
}

/** `struct sock_filter` after `struct sock_filter`, little-endian. */
export function encodeProgram(program: readonly Instruction[]): Uint8Array {
  const out = new Uint8Array(program.length * 8);
  const view = new DataView(out.buffer);
  program.forEach(({ code, jt, jf, k }, i) => {
    view.setUint16(i * 8, code, true);
    view.setUint8(i * 8 + 2, jt);
    view.setUint8(i * 8 + 3, jf);
    view.setUint32(i * 8 + 4, k, true);
  });
  return out;
}

export interface SyscallData {
  readonly arch: number;
  readonly number: number;
  readonly args?: readonly number[];
}

/** What the kernel would answer. */
export function runProgram(program: readonly Instruction[], { arch, number, args = [] }: SyscallData): number {
  const word = (offset: number) => {
    if (offset === offsets.number) return number >>> 0;
    if (offset === offsets.arch) return arch >>> 0;
    return (args[(offset - 16) / 8] ?? 0) >>> 0;
  };
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at]!;
    if (code === ret) return k;
    if (code === ldAbs) accumulator = word(k);
    else if (code === and) accumulator = (accumulator & k) >>> 0;
    else if (code === jeq) at += accumulator === k ? jt : jf;
    else if (code === jset) at += (accumulator & k) !== 0 ? jt : jf;
    else throw new RangeError(`no such instruction: ${code}`);
  }
  throw new RangeError('the program does not end');
}
