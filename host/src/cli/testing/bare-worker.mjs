// A worker thread that looks like a browser's worker to the script that it runs: messages, fetch and WebAssembly, no `process`.
// (Node's own fetch needs the rest of its globals.)
import { parentPort, workerData } from 'node:worker_threads';

const { script, served } = workerData;
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.fetch = async (url) => new Response(served[url], { headers: { 'content-type': 'application/wasm' } });
delete globalThis.process;

await import(script);
parentPort.on('message', (data) => globalThis.onmessage({ data }));
parentPort.postMessage('ready');
