/**
 * Stores behind gRPC (docs/grpc.md): a server of Vixen with the whole interface, or one of Snix with its castore and path infos.
 *
 * | URL | connection |
 * |---|---|
 * | `grpc+unix:///path` | a socket |
 * | `grpc+http://host:port` | TCP, in plain |
 * | `grpc+https://host:port` | TCP with TLS |
 *
 * Settings: `timeout=SECONDS` for calls with one answer, `token-file=PATH`; for TLS `ca=PATH` (who issues the server's certificate), and
 * `certificate=PATH` with `key=PATH` (ours). Files are PEM.
 */
import { StoreError } from '../errors.ts';
import { openPeer } from '../grpc/connect.ts';
import { snixStore } from '../grpc/peer/snix-store.ts';
import { describe, VixenStore } from '../grpc/peer/vixen-store.ts';
import type { OpenOptions } from '../open.ts';
import type { Store } from '../service.ts';
import { trustOf } from './settings.ts';

export async function openGrpcStore(url: URL, options: OpenOptions = {}): Promise<Store> {
  const peer = openPeer(url);
  try {
    const description = await describe(peer, { signal: options.signal });
    return new VixenStore(peer, description);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'unsupported') return snixStore(peer, trustOf(options));
    peer.client.close();
    throw error;
  }
}
