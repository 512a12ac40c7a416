// Descriptors of .proto files (google.protobuf.FileDescriptorProto) as plain objects, one for each package, and what compilers of protobuf
// hand to their plugins (google.protobuf.compiler).
import { createRequire } from 'node:module';
import path from 'node:path';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor/index.js';

const wellKnown = protobuf.Root.fromJSON(createRequire(import.meta.url)('protobufjs/google/protobuf/descriptor.json'));
protobuf.parse(
  `syntax = "proto3";
  package google.protobuf.compiler;
  message CodeGeneratorRequest { repeated string file_to_generate = 1; string parameter = 2; repeated FileDescriptorProto proto_file = 15; }
  message CodeGeneratorResponse {
    message File { string name = 1; string content = 15; }
    string error = 1;
    repeated File file = 15;
  }`,
  wellKnown,
);

export const FileDescriptorProto = wellKnown.lookupType('google.protobuf.FileDescriptorProto');
export const CodeGeneratorRequest = wellKnown.lookupType('google.protobuf.compiler.CodeGeneratorRequest');
export const CodeGeneratorResponse = wellKnown.lookupType('google.protobuf.compiler.CodeGeneratorResponse');

/** Parses the sources (named from `folder`) and describes each package in a file of its own, imported ones first. */
export function describe(folder, sources) {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => path.resolve(folder, target);
  root.loadSync(sources, { keepCase: true });
  root.resolveAll();
  const set = root.toDescriptor('proto3');
  const files = set.$type.toObject(set, { arrays: true, enums: Number, longs: Number }).file;
  for (const file of files) complete(root, file);
  return files;
}

/**
 * protobufjs names types as they are written and leaves out imports and presence; descriptors have full names, files that import each
 * other's, and a mark at fields that may be absent.
 */
function complete(root, file) {
  const imports = new Set();
  const visit = (scope, message) => {
    const type = root.lookupType(`${scope}.${message.name}`);
    for (const field of message.field) {
      const { resolvedType, options } = type.fields[field.name];
      if (options?.proto3_optional) field.proto3Optional = true;
      if (!resolvedType) continue;
      field.typeName = resolvedType.fullName;
      imports.add(fileOf(resolvedType));
    }
    for (const nested of message.nestedType) visit(`${scope}.${message.name}`, nested);
  };
  for (const message of file.messageType) visit(file.package, message);
  for (const service of file.service) {
    for (const { inputType, outputType } of service.method) {
      imports.add(fileOf(root.lookupType(inputType)));
      imports.add(fileOf(root.lookupType(outputType)));
    }
  }
  imports.delete(file.name);
  file.dependency = [...imports].sort();
}

/** How protobufjs names the file of a type's package. */
function fileOf(type) {
  let space = type.parent;
  while (space instanceof protobuf.Type) space = space.parent;
  return `${space.fullName.slice(1).replaceAll('.', '_')}.proto`;
}
