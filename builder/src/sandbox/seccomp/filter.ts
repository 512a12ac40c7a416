/**
 * What builds may not ask of the kernel. As Nix: no setuid and setgid bits (EPERM), no extended attributes (ENOTSUP): neither can be in a store. Beyond Nix: no
 * keyrings, which no namespace separates (ENOSYS), and no ABI that the machine does not have.
 */
import { type Abi, abisOf, type ModeCall } from './abis.ts';
import { actions, answer, encodeProgram, type Instruction, load, mask, offsets, unlessAny, unlessEqual } from './bpf.ts';

export const errnos = { EPERM: 1, ENOSYS: 38, ENOTSUP: 95 } as const;

/** S_ISUID | S_ISGID */
export const forbiddenBits = 0o6000;

const modeArgument: Readonly<Record<ModeCall, number>> = { chmod: 1, fchmod: 1, fchmodat: 2, fchmodat2: 2 };

const deny = (errno: number): Instruction => answer(actions.errno | errno);

function ofMode(call: ModeCall, number: number): Instruction[] {
  return [
    unlessEqual(number, 4),
    load(offsets.argument(modeArgument[call])),
    unlessAny(forbiddenBits, 1),
    deny(errnos.EPERM),
    answer(actions.allow),
  ];
}

const ofNumber = (number: number, errno: number): Instruction[] => [unlessEqual(number, 1), deny(errno)];

function ofAbi({ arch, ignored, mode, attributes, keys }: Abi): Instruction[] {
  const calls = Object.entries(mode) as [ModeCall, number][];
  const body = [
    load(offsets.number),
    mask(~ignored),
    ...calls.flatMap(([call, number]) => ofMode(call, number)),
    ...attributes.flatMap((number) => ofNumber(number, errnos.ENOTSUP)),
    ...keys.flatMap((number) => ofNumber(number, errnos.ENOSYS)),
    answer(actions.allow),
  ];
  return [unlessEqual(arch, body.length), ...body];
}

/** The program for a machine of `process.arch`; undefined where the numbers are not known. */
export function filterProgram(machine: string): readonly Instruction[] | undefined {
  const abis = abisOf[machine];
  if (!abis) return undefined;
  return [load(offsets.arch), ...abis.flatMap(ofAbi), answer(actions.killProcess)];
}

export function filterBytes(machine: string): Uint8Array | undefined {
  const program = filterProgram(machine);
  return program && encodeProgram(program);
}
