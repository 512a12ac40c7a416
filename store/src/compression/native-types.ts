/** What we use of packages without types, or with more than we need. */
import type { Transform } from 'node:stream';

export interface ZstdNative {
  readonly Encoder: new (level: number) => { encode(data: Uint8Array): Promise<Uint8Array> };
  readonly Decoder: new () => { decode(data: Uint8Array): Promise<Uint8Array> };
}

export interface XzNative {
  createCompressor(options: { preset: number; threads?: number }): Transform;
}
