/** Connections by URL (docs/grpc.md): `grpc+unix:///path`, `grpc+http://host:port`, `grpc+https://host:port`, with their settings. */
import fs from 'node:fs';
import { type ChannelCredentials, type ChannelOptions, Client, credentials, Metadata } from '@grpc/grpc-js';
import { StoreError } from '../errors.ts';
import type { Peer } from './client.ts';
import { maxMessageSize } from './limits.ts';

const settings = ['timeout', 'token-file', 'ca', 'certificate', 'key'] as const;
type Setting = (typeof settings)[number];

/** Calls wait for a server to answer at most so long, where nothing else is said. */
const defaultTimeout = 120;

const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': maxMessageSize,
  'grpc.max_send_message_length': maxMessageSize,
  // Whether a call may be made again is known here, not there.
  'grpc.enable_retries': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  // A server that is gone without a word is noticed.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // Each store has a connection of its own, and with it windows and limits of its own.
  'grpc.use_local_subchannel_pool': 1,
  // What may be under way from a server: 64 KiB, the default, would be all that a far server sends in a round trip.
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
};

/** A connection to the server that a URL names. Fails with `invalid` for a URL that is none. */
export function openPeer(url: URL): Peer {
  const isLocal = url.protocol === 'grpc+unix:';
  const read = settingsOf(url);
  const client = new Client(targetOf(url), credentialsOf(url, read), channelOptions);
  const metadata = new Metadata();
  const token = read('token-file');
  if (token) metadata.set('authorization', `Bearer ${token.toString().trim()}`);
  return { client, url: url.href, metadata, isLocal, timeout: timeoutOf(url) * 1000 };
}

function targetOf(url: URL): string {
  if (url.protocol !== 'grpc+unix:') {
    if (url.hostname === '' || (url.pathname !== '' && url.pathname !== '/')) throw bad(url, 'a server is named as //host:port');
    return url.host;
  }
  if (url.host !== '' || url.pathname === '') throw bad(url, 'a socket is named by an absolute path, as in grpc+unix:///path');
  return `unix:${decodeURIComponent(url.pathname)}`;
}

/** Reads the files that settings name. */
function settingsOf(url: URL): (setting: Setting) => Buffer | undefined {
  for (const name of url.searchParams.keys()) {
    if (!settings.some((known) => known === name)) throw bad(url, `'${name}' is not a setting; known are ${settings.join(', ')}`);
  }
  return (setting) => {
    const file = url.searchParams.get(setting);
    if (file === null) return undefined;
    try {
      return fs.readFileSync(file);
    } catch (cause) {
      throw new StoreError('io', `cannot read the file of '${setting}' in '${url.href}': ${(cause as Error).message}`, { cause });
    }
  };
}

function credentialsOf(url: URL, read: (setting: Setting) => Buffer | undefined): ChannelCredentials {
  const [ca, certificate, key] = [read('ca'), read('certificate'), read('key')];
  if (url.protocol === 'grpc+https:') return credentials.createSsl(ca ?? null, key ?? null, certificate ?? null);
  if (ca || certificate || key) throw bad(url, 'certificates are for grpc+https:');
  return credentials.createInsecure();
}

function timeoutOf(url: URL): number {
  const text = url.searchParams.get('timeout') ?? String(defaultTimeout);
  const seconds = Number(text);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw bad(url, `'${text}' is not a number of seconds`);
  return seconds;
}

const bad = (url: URL, why: string) => new StoreError('invalid', `'${url.href}' is not a valid URL of a gRPC server: ${why}`);
