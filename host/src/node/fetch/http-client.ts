// undici's client. A module of its own, since download.ts loads it late: bundled, a CommonJS package imported by `import()` has no named
// exports.
export { request } from 'undici';
