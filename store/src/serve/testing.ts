/** Conversations over the serve protocol, for specs. */
import { WireWriter } from '../daemon/wire/writer.ts';
import type { Store } from '../service.ts';
import { type CommandName, clientMagic, commands, versionToWire } from './protocol.ts';
import { serveStore } from './server.ts';

/** A client's side of a conversation, all at once. */
export async function conversation(version: number, write: (out: WireWriter, command: (name: CommandName) => WireWriter) => unknown) {
  const sent: Buffer[] = [];
  const out = new WireWriter(async (parts) => void sent.push(...parts.map((part) => Buffer.from(part))));
  out.number(clientMagic).number(versionToWire(version));
  await write(out, (name) => out.number(commands[name]));
  await out.flush();
  return Buffer.concat(sent);
}

export async function answersOf(store: Store, request: Buffer, write = true): Promise<Buffer> {
  const answers: Buffer[] = [];
  const send = async (parts: readonly Uint8Array[]) => void answers.push(...parts.map((part) => Buffer.from(part)));
  const pieces = async function* () {
    for (let at = 0; at < request.length; at += 1000) yield request.subarray(at, at + 1000);
  };
  await serveStore(store, pieces(), send, { write });
  return Buffer.concat(answers);
}
