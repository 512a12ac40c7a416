// The page as static files. Everything is relative, so that they work under any path of any host.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** Without a pack, a file that says so: a page that asks for one that is not there would have an error in its console. */
const packPlaceholder: Plugin = {
  name: 'pack-placeholder',
  generateBundle() {
    if (fs.existsSync(new URL('public/pack/pack.json', import.meta.url))) return;
    this.emitFile({ type: 'asset', fileName: 'pack/pack.json', source: '{}\n' });
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // The page forbids itself data: URLs for code, and the Wasm is to be compiled while it arrives.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1024,
  },
  plugins: [packPlaceholder],
  worker: { format: 'es' },
  server: { port: 5173 },
  preview: { port: 4173 },
});
