export * from './sha256';
export * from './sha512';
export * from './sha1';
export * from './md5';
export * from './base16';
export * from './base64';
export * from './nix32';
export { compressHash } from './compress-hash';
