import { expect, test } from 'vitest';
import { abisOf, x32Bit } from './abis.ts';
import { actions, runProgram } from './bpf.ts';
import { errnos, filterBytes, filterProgram } from './filter.ts';

const x64 = 0xc000003e;
const i386 = 0x40000003;
const denied = (errno: number) => (actions.errno | errno) >>> 0;

test.each([
  ['x86_64 chmod 4755', x64, 90, [0, 0o4755], denied(errnos.EPERM)],
  ['x86_64 chmod 2755', x64, 90, [0, 0o2755], denied(errnos.EPERM)],
  ['x86_64 chmod 1777', x64, 90, [0, 0o1777], actions.allow],
  ['x86_64 fchmod 4755', x64, 91, [0, 0o4755], denied(errnos.EPERM)],
  ['x86_64 fchmodat 4755', x64, 268, [0, 0, 0o4755], denied(errnos.EPERM)],
  ['x86_64 fchmodat2 4755', x64, 452, [0, 0, 0o4755], denied(errnos.EPERM)],
  ['x86_64 fchmodat, bits elsewhere', x64, 268, [0o4755, 0o4755, 0o755], actions.allow],
  ['x86_64 setxattr', x64, 188, [], denied(errnos.ENOTSUP)],
  ['x86_64 setxattrat', x64, 463, [], denied(errnos.ENOTSUP)],
  ['x86_64 listxattr', x64, 194, [], actions.allow],
  ['x86_64 keyctl', x64, 250, [], denied(errnos.ENOSYS)],
  ['x86_64 read', x64, 0, [], actions.allow],
  ['x32 chmod 4755', x64, x32Bit + 90, [0, 0o4755], denied(errnos.EPERM)],
  ['x32 setxattr', x64, x32Bit + 188, [], denied(errnos.ENOTSUP)],
  ['x32 add_key', x64, x32Bit + 248, [], denied(errnos.ENOSYS)],
  ['i386 chmod 4755', i386, 15, [0, 0o4755], denied(errnos.EPERM)],
  ['i386 fchmodat 4755', i386, 306, [0, 0, 0o4755], denied(errnos.EPERM)],
  ['i386 setxattr', i386, 226, [], denied(errnos.ENOTSUP)],
  ['i386 keyctl', i386, 288, [], denied(errnos.ENOSYS)],
  ['i386 number 90 (mmap)', i386, 90, [0, 0o4755], actions.allow],
  ['another architecture', 0xc0000015, 90, [], actions.killProcess],
])('%s', (_, arch, number, args, expected) => {
  expect(runProgram(filterProgram('x64')!, { arch, number, args })).toBe(expected >>> 0);
});

test('every call of every table is denied', () => {
  for (const [machine, abis] of Object.entries(abisOf)) {
    const program = filterProgram(machine)!;
    for (const { arch, mode, attributes, keys } of abis) {
      for (const number of [...attributes, ...keys]) expect(runProgram(program, { arch, number })).not.toBe(actions.allow);
      for (const number of Object.values(mode)) {
        expect(runProgram(program, { arch, number, args: [0, 0o6755, 0o6755] })).toBe(denied(errnos.EPERM));
        expect(runProgram(program, { arch, number, args: [0, 0o755, 0o755] })).toBe(actions.allow);
      }
    }
  }
});

test('a machine without tables has no program', () => {
  expect(filterBytes('riscv64')).toBeUndefined();
  expect(filterBytes('x64')!.length % 8).toBe(0);
});
