// A module of its own, since client.ts loads it late: bundled, a CommonJS package imported by `import()` has no named exports.
export { Agent, EnvHttpProxyAgent, request } from 'undici';
