/**
 * Makes `gen/` from the `.proto` files: TypeScript of each package (ts-proto), and the packages' descriptors, which servers show by
 * reflection. The compiler is the parser of protobufjs, which grpc-js brings along: protoc and buf would be a binary for each platform.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodeGeneratorRequest, CodeGeneratorResponse, describe, FileDescriptorProto } from './descriptors.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, 'gen');

const sources = [
  'snix/castore/v1/castore.proto',
  'snix/store/v1/store.proto',
  'snix/build/v1/build.proto',
  'vixen/store/v1/store.proto',
  'vixen/build/v1/build.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
];

// Plain data and plain functions: no classes, no JSON, 64-bit integers as bigint, services as tables that any gRPC library can be fed with.
const options = {
  forceLong: 'bigint',
  oneof: 'unions-value',
  useOptionals: 'none',
  enumsAsLiterals: true,
  outputJsonMethods: false,
  outputPartialMethods: false,
  outputServices: 'generic-definitions',
  importSuffix: '.ts',
  esModuleInterop: true,
};

const encode = (type, value) => Buffer.from(type.encode(type.fromObject(value)).finish());

/** Runs ts-proto as protoc would: a request on its input, an answer on its output. */
function generate(files) {
  const parameter = Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const input = encode(CodeGeneratorRequest, { fileToGenerate: files.map((file) => file.name), protoFile: files, parameter });
  const plugin = createRequire(import.meta.url).resolve('ts-proto/protoc-gen-ts_proto');
  const { stdout, stderr, status } = spawnSync(process.execPath, [plugin], { input, maxBuffer: 2 ** 26 });
  if (status !== 0 || stdout.length === 0) throw new Error(`ts-proto failed: ${stderr}`);
  return CodeGeneratorResponse.decode(stdout).file;
}

/** Encoded FileDescriptorProtos by file, as text in base 64, with what each imports and the names that it defines. */
function descriptorTable(files) {
  const rows = files.map((file) => {
    const encoded = encode(FileDescriptorProto, file).toString('base64');
    const symbols = [...file.messageType, ...file.enumType, ...file.service].map(({ name }) => `${file.package}.${name}`);
    return { name: file.name, imports: file.dependency, symbols, encoded };
  });
  return `export interface FileDescriptor {
  readonly name: string;
  readonly imports: readonly string[];
  /** Full names of the messages, enumerations and services at the top. */
  readonly symbols: readonly string[];
  /** google.protobuf.FileDescriptorProto in base 64. */
  readonly encoded: string;
}

export const fileDescriptors: readonly FileDescriptor[] = ${JSON.stringify(rows, null, 2)};
`;
}

const files = describe(here, sources);
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
for (const { name, content } of generate(files)) fs.writeFileSync(path.join(out, name), content);
fs.writeFileSync(path.join(out, 'descriptors.ts'), descriptorTable(files));
