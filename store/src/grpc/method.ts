/** Services as the generated code describes them, and as grpc-js wants them. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { StoreError } from '../errors.ts';
import { bytesSerializer, type Serializer } from './bytes-messages.ts';

interface Writer {
  finish(): Uint8Array;
}

export interface MessageType<T> {
  encode(message: T): Writer;
  decode(bytes: Uint8Array): T;
}

export interface Method {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages of every type stand here; `RequestOf` and `ResponseOf` get them back.
  readonly requestType: MessageType<any>;
  readonly requestStream: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly responseType: MessageType<any>;
  readonly responseStream: boolean;
}

export interface Service {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, Method>>;
}

export type RequestOf<M extends Method> = ReturnType<M['requestType']['decode']>;
export type ResponseOf<M extends Method> = ReturnType<M['responseType']['decode']>;

export const pathOf = (service: Service, method: Method): string => `/${service.fullName}/${method.name}`;

/** grpc-js takes buffers: views of what was encoded, not copies. */
export function serializer<T>(type: MessageType<T>): Serializer<T> {
  const known = bytesSerializer(type);
  if (known) return known as Serializer<T>;
  return (message) => {
    const bytes = type.encode(message).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
}

/** Messages may come from anyone. */
export function deserializer<T>(type: MessageType<T>): (bytes: Buffer) => T {
  return (bytes) => {
    try {
      // Fields of bytes are views of the message, and plain arrays rather than Buffers.
      return type.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    } catch (cause) {
      throw new StoreError('invalid', 'a message is not valid protobuf', { cause });
    }
  };
}

/** Messages are read and written by whoever sends and receives them: grpc-js is given their bytes. */
export const asIs = (bytes: Buffer): Buffer => bytes;

function methodDefinition(service: Service, method: Method): MethodDefinition<Buffer, Buffer> {
  return {
    path: pathOf(service, method),
    requestStream: method.requestStream,
    responseStream: method.responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
    originalName: method.name,
  };
}

export function serviceDefinition(service: Service): ServiceDefinition {
  return Object.fromEntries(Object.entries(service.methods).map(([key, method]) => [key, methodDefinition(service, method)]));
}
