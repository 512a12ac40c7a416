// What the module imports: AssemblyScript's own, and the hash of long texts.
import { MachineError } from './errors.ts';
import type { EvalExports } from './exports.ts';

/**
 * A host's own SHA-256 of the `length` bytes at `address`, written to the 32 bytes at `out`: what it has in hardware is three times as fast
 * as Wasm. (No views: making two of them costs as much as the hash.)
 */
export type Sha256 = (memory: Uint8Array<ArrayBuffer>, address: number, length: number, out: number) => void;

/** The exports, once there is an instance. */
export interface LateExports {
  exports?: EvalExports;
}

/** All imports. (Only a failed assertion of the machine ever calls one of AssemblyScript's own.) */
export function machineImports(late: LateExports, sha256?: Sha256): WebAssembly.Imports {
  const bound = () => late.exports as EvalExports;
  let bytes = new Uint8Array(0);
  return {
    env: {
      abort(_message: number, _file: number, line: number, column: number) {
        throw new MachineError(`assertion failed in the evaluator at ${line}:${column}`);
      },
      seed: () => 0,
    },
    host: {
      sha256: sha256
        ? (address: number, length: number, out: number) => {
            const { buffer } = bound().memory;
            if (bytes.buffer !== buffer) bytes = new Uint8Array(buffer as ArrayBuffer);
            sha256(bytes, address >>> 0, length, out >>> 0);
          }
        : (address: number, length: number, out: number) => bound().sha256Own(address, length, out),
    },
  };
}
