/** grpc-js by itself, so that specs see statuses and bytes as they are on the wire. */
import { type CallOptions, Client, credentials, Metadata, type ServiceError, status as Status } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { type Method, pathOf, type RequestOf, type ResponseOf, type Service } from '../grpc/method.ts';

export interface Answer<T> {
  readonly responses: readonly T[];
  /** `OK`, `NOT_FOUND` and so on. */
  readonly status: string;
  readonly details: string;
  readonly errorCode: string | undefined;
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes);

export class RawClient {
  readonly client: Client;
  readonly metadata = new Metadata();

  constructor(target: string) {
    this.client = new Client(target, credentials.createInsecure(), { 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
    onTestFinished(() => this.client.close());
  }

  /** Sends messages, and answers all that comes. */
  async call<M extends Method>(service: Service, method: M, requests: readonly RequestOf<M>[], options: CallOptions = {}) {
    const bytes = requests.map((request) => method.requestType.encode(request).finish());
    const { responses, ...rest } = await this.callBytes(service, method, bytes, options);
    return { ...rest, responses: responses.map((response) => method.responseType.decode(response) as ResponseOf<M>) };
  }

  /** The same with messages as bytes, which need not be any. */
  callBytes(service: Service, method: Method, requests: readonly Uint8Array[], options: CallOptions = {}): Promise<Answer<Uint8Array>> {
    const call = this.client.makeBidiStreamRequest(
      pathOf(service, method),
      asBuffer,
      (bytes) => new Uint8Array(bytes),
      this.metadata,
      options,
    );
    const responses: Uint8Array[] = [];
    return new Promise((resolve) => {
      let failure: ServiceError | undefined;
      call.on('data', (response: Uint8Array) => responses.push(response));
      call.on('error', (error: ServiceError) => {
        failure = error;
      });
      call.on('status', ({ code, details, metadata }) => {
        const errorCode = metadata.get('vixen-error-code')[0]?.toString();
        resolve({ responses, status: Status[code]!, details: failure?.details ?? details, errorCode });
      });
      for (const request of requests) call.write(request);
      call.end();
    });
  }
}
