import { BlobChunk } from '@vixen/proto/castore';
import { BytesBatch, Digests, LogChunk, NarChunk, PutBlobsRequest, PutDirectoriesRequest } from '@vixen/proto/vixen';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesSerializer, Scratch } from './bytes-messages.ts';

// Around each number of bytes that a length takes.
const size = fc.oneof(fc.nat(3), fc.integer({ min: 120, max: 140 }), fc.integer({ min: 16370, max: 16400 }));
const bytes = size.map((length) => new Uint8Array(length).fill(length));
const list = fc.array(bytes, { maxLength: 4 });

interface Encoder {
  encode(message: never): { finish(): Uint8Array };
}

const cases: [string, Encoder, fc.Arbitrary<unknown>][] = [
  ['BlobChunk', BlobChunk, bytes.map((data) => ({ data }))],
  ['NarChunk', NarChunk, bytes.map((data) => ({ data }))],
  ['LogChunk', LogChunk, bytes.map((data) => ({ data }))],
  ['Digests', Digests, list.map((digests) => ({ digests }))],
  ['PutBlobsRequest', PutBlobsRequest, list.map((blobs) => ({ blobs }))],
  ['PutDirectoriesRequest', PutDirectoriesRequest, list.map((directories) => ({ directories }))],
  [
    'BytesBatch',
    BytesBatch,
    fc.array(fc.option(bytes, { nil: undefined }), { maxLength: 4 }).map((all) => ({ items: all.map((data) => ({ data })) })),
  ],
];

test.each(cases)('%s is written as the generated code does', (_, type, messages) => {
  const serialize = bytesSerializer(type)!;
  fc.assert(
    fc.property(messages, (message) => {
      expect(Buffer.compare(serialize(message), type.encode(message as never).finish())).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a length of four bytes', () => {
  const message = { data: new Uint8Array(2_097_152) };
  expect(Buffer.compare(bytesSerializer(BlobChunk)!(message), BlobChunk.encode(message).finish())).toBe(0);
});

test('a scratch holds one large message after the other', () => {
  const scratch = new Scratch();
  const serialize = bytesSerializer(BlobChunk)!;
  const messages = [200_000, 100_000, 10, 300_000].map((length) => ({ data: new Uint8Array(length).fill(length) }));
  for (const message of messages) {
    expect(Buffer.compare(serialize(message, scratch), BlobChunk.encode(message).finish())).toBe(0);
  }
  expect(serialize(messages[0]!, scratch).buffer).toBe(serialize(messages[1]!, scratch).buffer);
});
