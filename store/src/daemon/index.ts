export { type ServeStoreOptions, serveStore } from '../serve/server.ts';
export { type DaemonServer, type ServedStore, type ServeOptions, serveDaemon } from './server/serve.ts';
export type { BuildContext, BuildHandler, ClientSettings, Tell } from './server/session.ts';
export type { BuildResult, BuildStatus, KeyedBuildResult } from './values/build-result.ts';
export type { BasicDerivation } from './values/derivations.ts';
export { DaemonError } from './values/error.ts';
