/** Serving a store over gRPC; clients are opened by URL (open.ts). Importing this loads grpc-js, which takes some 50 ms. */
export { type Access, allRights, type Right } from './rights.ts';
export { type GrpcServer, type Listener, type ServeGrpcOptions, type ServerTls, serveGrpc } from './server.ts';
