/** Builders over gRPC. Importing this loads grpc-js, which takes some 50 ms. */
export { openGrpcBuilder } from './client.ts';
export { serveBuilder } from './server.ts';
