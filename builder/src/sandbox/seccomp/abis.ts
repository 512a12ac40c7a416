/** Numbers of system calls, by ABI (the kernel's asm/unistd headers). */

export type ModeCall = 'chmod' | 'fchmod' | 'fchmodat' | 'fchmodat2';

export interface Abi {
  /** AUDIT_ARCH_… (linux/audit.h) */
  readonly arch: number;
  /** In OCI's and libseccomp's words. */
  readonly names: readonly string[];
  /** Bits of a number that do not tell which call it is. */
  readonly ignored: number;
  readonly mode: Readonly<Partial<Record<ModeCall, number>>>;
  readonly attributes: readonly number[];
  readonly keys: readonly number[];
}

/** The same wherever they exist. */
const fchmodat2 = 452;
/** setxattrat, getxattrat, removexattrat (Linux 6.13) */
const attributesAt = [463, 464, 466];

/** __X32_SYSCALL_BIT */
export const x32Bit = 0x40000000;

const x86_64: Abi = {
  arch: 0xc000003e,
  names: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32'],
  ignored: x32Bit,
  mode: { chmod: 90, fchmod: 91, fchmodat: 268, fchmodat2 },
  attributes: [188, 189, 190, 191, 192, 193, ...attributesAt],
  keys: [248, 249, 250],
};

const i386: Abi = {
  arch: 0x40000003,
  names: ['SCMP_ARCH_X86'],
  ignored: 0,
  mode: { chmod: 15, fchmod: 94, fchmodat: 306, fchmodat2 },
  attributes: [226, 227, 228, 229, 230, 231, ...attributesAt],
  keys: [286, 287, 288],
};

const aarch64: Abi = {
  arch: 0xc00000b7,
  names: ['SCMP_ARCH_AARCH64'],
  ignored: 0,
  mode: { fchmod: 52, fchmodat: 53, fchmodat2 },
  attributes: [5, 6, 7, 8, 9, 10, ...attributesAt],
  keys: [217, 218, 219],
};

const arm: Abi = {
  arch: 0x40000028,
  names: ['SCMP_ARCH_ARM'],
  ignored: 0,
  mode: { chmod: 15, fchmod: 94, fchmodat: 333, fchmodat2 },
  attributes: [226, 227, 228, 229, 230, 231, ...attributesAt],
  keys: [309, 310, 311],
};

/** What a machine runs, by `process.arch`. */
export const abisOf: Readonly<Record<string, readonly Abi[]>> = { x64: [x86_64, i386], arm64: [aarch64, arm] };
