/** The Wasm module of hashes, compiled once a process from the file beside the bundle, or in the room's build folder where sources run unbundled. */
import fs from 'node:fs';
import path from 'node:path';
import { WasmHashes } from '@vixen/wasm';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

let hashes: WasmHashes | undefined;

/** Where the module lies. */
export function wasmFile(): string {
  const here = import.meta.dirname;
  return bundled ? path.join(here, 'vixen-wasm.wasm') : path.join(here, '../../wasm/build/vixen-wasm.wasm');
}

/** Hashers with BLAKE3. */
export function wasmHashes(): WasmHashes {
  hashes ??= new WasmHashes(new WebAssembly.Module(fs.readFileSync(wasmFile())));
  return hashes;
}

/** The digest that names a blob, or a directory by its encoding. */
export const blake3 = (bytes: Uint8Array): Uint8Array => wasmHashes().hash('blake3', bytes);
