/** Serving a store over gRPC, and what other rooms serve and call theirs with; clients are opened by URL (open.ts). Importing this loads grpc-js, which takes some 50 ms. */
export { entryMessage, nodeOfEntry } from '../castore/message.ts';
export { type Callers, callers, type Peer } from './client.ts';
export { openPeer } from './connect.ts';
export { safeNumber } from './messages.ts';
export { type Access, allRights, type Right } from './rights.ts';
export { type Served, serve } from './serve.ts';
export {
  type GrpcServer,
  type Listener,
  type ServeGrpcOptions,
  type ServeOptions,
  type ServerTls,
  serveGrpc,
  serveServices,
} from './server.ts';
