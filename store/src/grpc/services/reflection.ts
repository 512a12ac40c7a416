/**
 * grpc.reflection.v1, so that grpcurl and the like can ask what is served. The package @grpc/reflection reads `.proto` files beside itself, as
 * grpc-health-check does (health.ts).
 */
import { status as Status } from '@grpc/grpc-js';
import { type FileDescriptor, fileDescriptors } from '@vixen/proto/descriptors';
import { ServerReflectionDefinition, type ServerReflectionRequest, type ServerReflectionResponse } from '@vixen/proto/reflection';
import { type Served, serve } from '../serve.ts';

export function reflectionService(names: readonly string[]): Served {
  return serve(ServerReflectionDefinition, undefined, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request, names) };
      }
    },
  });
}

type Answer = ServerReflectionResponse['messageResponse'];

function answer({ messageRequest }: ServerReflectionRequest, names: readonly string[]): Answer {
  switch (messageRequest?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: names.map((name) => ({ name })) } };
    case 'fileByFilename':
      return files(
        fileDescriptors.find((file) => file.name === messageRequest.value),
        messageRequest.value,
      );
    case 'fileContainingSymbol':
      return files(fileOfSymbol(messageRequest.value), messageRequest.value);
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return failure(Status.NOT_FOUND, 'proto3 has no extensions');
    default:
      return failure(Status.INVALID_ARGUMENT, 'the request asks for nothing');
  }
}

/** Methods, fields and nested messages are found by the name at the top that they stand in. */
const fileOfSymbol = (symbol: string): FileDescriptor | undefined =>
  fileDescriptors.find(({ symbols }) => symbols.some((top) => symbol === top || symbol.startsWith(`${top}.`)));

function files(file: FileDescriptor | undefined, name: string): Answer {
  if (!file) return failure(Status.NOT_FOUND, `'${name}' is not known here`);
  const encoded = withImports(file).map((each) => new Uint8Array(Buffer.from(each.encoded, 'base64')));
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: encoded } };
}

/** A file and all that it needs, itself first. Imports of imports stand before what imports them in the list. */
function withImports(file: FileDescriptor): FileDescriptor[] {
  const needed = new Set([file.name]);
  for (const each of [...fileDescriptors].reverse()) {
    if (needed.has(each.name)) for (const name of each.imports) needed.add(name);
  }
  return [file, ...fileDescriptors.filter((each) => each !== file && needed.has(each.name))];
}

const failure = (errorCode: number, errorMessage: string): Answer => ({ $case: 'errorResponse', value: { errorCode, errorMessage } });
