import fs from 'node:fs';
import { WasmHashes } from '@vixen/wasm';

/** The Wasm module of hashes for a thread, which is told where it lies. */
export const threadHashes = (file: string): WasmHashes => new WasmHashes(new WebAssembly.Module(fs.readFileSync(file)));
