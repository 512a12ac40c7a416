/**
 * Stores over gRPC, beside grpc-js by itself: `npm run bench -- grpc`.
 *
 * A server in a process of its own has, on two sockets, a store in memory and a service that does nothing but throw messages away and make them up. A
 * large blob goes up and down through both in turn; then many small ones go up and down through the store.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { openStore, type Store } from '@vixen/store';
import { allRights, serveGrpc } from '@vixen/store/grpc';
import { median } from '../statistics.ts';

const mebibyte = 1024 * 1024;
const asIs = (bytes: Buffer) => bytes;
const method = { requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };
const bareService = {
  up: { ...method, path: '/bare/up', requestStream: true, responseStream: false },
  down: { ...method, path: '/bare/down', requestStream: false, responseStream: true },
};

/** Mebibytes of the large blob, and how many small ones. */
const largeSize = 256;
const smallCount = 35_000;

export interface GrpcFigures {
  /** MB/s of each round: of grpc-js and of the store, up and down. */
  readonly large: Readonly<Record<string, readonly number[]>>;
  /** Seconds of each round, of all small blobs. */
  readonly small: { readonly put: readonly number[]; readonly read: readonly number[] };
}

export async function grpcSuite(rounds: number): Promise<{ figures: GrpcFigures; table: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bench-'));
  const server = await startServer(folder);
  const store = await openStore(`grpc+unix://${folder}/store`);
  const bare = new Client(`unix:${folder}/bare`, credentials.createInsecure());
  try {
    const figures = { large: await large(store, bare, largeSize, rounds), small: await small(store, smallCount, rounds) };
    return { figures, table: `${largeTable(figures)}\n\n${smallTable(figures)}` };
  } finally {
    await store.close();
    bare.close();
    server.kill();
    fs.rmSync(folder, { recursive: true });
  }
}

// ——— the server's process ———

/** The server, until it is killed. */
export async function serveForSuite(folder: string): Promise<void> {
  await serveGrpc(await openStore('memory:'), { listen: [{ address: `unix:${folder}/store`, access: { anonymous: allRights } }] });
  const bare = new Server();
  bare.addService(bareService, {
    up: (call: ServerReadableStream<Buffer, Buffer>, answer: (error: null, value: Buffer) => void) => {
      call.on('data', () => {});
      call.on('end', () => answer(null, Buffer.alloc(0)));
    },
    down: (call: ServerWritableStream<Buffer, Buffer>) => void sendDown(call),
  });
  await new Promise((resolve) => bare.bindAsync(`unix:${folder}/bare`, ServerCredentials.createInsecure(), resolve));
  console.log('ready');
  await new Promise(() => {});
}

async function sendDown(call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  const message = Buffer.alloc(mebibyte, 1);
  for (let left = call.request.readUInt32LE(); left > 0; left--) await new Promise((resolve) => call.write(message, resolve));
  call.end();
}

async function startServer(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [process.argv[1]!, 'grpc', 'serve', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

// ——— large blobs ———

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function bareUp(client: Client, count: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = client.makeClientStreamRequest<Buffer, Buffer>(bareService.up.path, asIs, asIs, new Metadata(), (error, value) =>
      error ? reject(error) : resolve(value),
    );
    const message = Buffer.alloc(mebibyte, 1);
    const send = (left: number): void => {
      if (left === 0) call.end();
      else call.write(message, () => send(left - 1));
    };
    send(count);
  });
}

async function bareDown(client: Client, count: number): Promise<void> {
  const request = Buffer.alloc(4);
  request.writeUInt32LE(count);
  for await (const _ of client.makeServerStreamRequest<Buffer, Buffer>(bareService.down.path, asIs, asIs, request)) count--;
  if (count !== 0) throw new Error('not all messages arrived');
}

async function large(store: Store, bare: Client, size: number, rounds: number): Promise<Record<string, number[]>> {
  const { blobs } = store.castore!;
  const message = Buffer.alloc(mebibyte, 1);
  const source = function* () {
    for (let left = size; left > 0; left--) yield message;
  };
  let digest = new Uint8Array();
  const drain = async () => {
    let bytes = 0;
    for await (const chunk of blobs.read(digest)) bytes += chunk.length;
    if (bytes !== size * mebibyte) throw new Error('the blob came back with another size');
  };
  const up = async () => {
    digest = new Uint8Array(await blobs.put(source()));
  };
  const figures = { 'grpc-js up': [], 'blob up': [], 'grpc-js down': [], 'blob down': [] } as Record<string, number[]>;
  for (let round = 0; round <= rounds; round++) {
    const each = {
      'grpc-js up': await seconds(() => bareUp(bare, size)),
      'blob up': await seconds(up),
      'grpc-js down': await seconds(() => bareDown(bare, size)),
      'blob down': await seconds(drain),
    };
    // The first is to warm up.
    if (round > 0) for (const [name, time] of Object.entries(each)) figures[name]!.push((size * mebibyte) / 1e6 / time);
  }
  return figures;
}

function largeTable({ large: figures }: GrpcFigures): string {
  const lines = [`| ${largeSize} MiB in messages of 1 MiB, socket | grpc-js | blob | share |`, '|---|--:|--:|--:|'];
  for (const way of ['up', 'down']) {
    const [bareFigures, ours] = [[...figures[`grpc-js ${way}`]!], [...figures[`blob ${way}`]!]];
    // Of each round, so that what else the machine does hits both.
    const share = median(ours.map((figure, i) => figure / bareFigures[i]!));
    lines.push(`| ${way} | ${median(bareFigures).toFixed(0)} MB/s | ${median(ours).toFixed(0)} MB/s | ${share.toFixed(2)} |`);
  }
  return lines.join('\n');
}

// ——— small blobs ———

async function small(store: Store, count: number, rounds: number): Promise<GrpcFigures['small']> {
  const { blobs } = store.castore!;
  const [put, read]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    // From 100 bytes to 4 KiB, others in each round.
    const contents = Array.from({ length: count }, (_, i) => Buffer.alloc(100 + ((i * 97) % 4000), `blob ${round} ${i}`));
    let digests: Uint8Array[] = [];
    put.push(
      await seconds(async () => {
        digests = await blobs.putMany(contents);
      }),
    );
    read.push(await seconds(() => blobs.readMany(digests)));
  }
  return { put, read };
}

const smallTable = ({ small: { put, read } }: GrpcFigures): string =>
  `| ${smallCount} small blobs | put | read |\n|---|--:|--:|\n| seconds | ${median([...put]).toFixed(2)} | ${median([...read]).toFixed(2)} |`;
