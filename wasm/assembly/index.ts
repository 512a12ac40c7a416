export * from "./sha256";
export * from "./base16";
export * from "./nix32";
export { compressHash } from "./compress-hash";
