// The page as static files. Everything is relative, so that they work under any path of any host.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const room = fileURLToPath(new URL('.', import.meta.url));

/** Without a pack, a file that says so: a page that asks for one that is not there would have an error in its console. */
const packPlaceholder: Plugin = {
  name: 'pack-placeholder',
  generateBundle() {
    if (fs.existsSync(path.join(room, 'public/pack/pack.json'))) return;
    this.emitFile({ type: 'asset', fileName: 'pack/pack.json', source: '{}\n' });
  },
};

/** The Wasm is asked for with the page, not when its scripts have been read; and a script that has to be waited for comes last. */
const early: Plugin = {
  name: 'early',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const theme = /\s*<script src="\.\/theme\.js"[^>]*><\/script>/.exec(html)?.[0] ?? '';
      const modules = Object.keys(bundle ?? {}).filter((name) => name.endsWith('.wasm'));
      const tags = modules.map((name) => `\n    <link rel="preload" as="fetch" crossorigin href="./${name}">`);
      return html.replace(theme, tags.join('')).replace(/\n\s*<\/head>/, `${theme}$&`);
    },
  },
};

const serviceWorker = 'sw.js';

/** Tells the service worker which files there are, and their version: only when all have been written, they are known. */
const offlineFiles: Plugin = {
  name: 'offline-files',
  apply: 'build',
  writeBundle({ dir }) {
    const folder = dir!;
    const hash = createHash('sha256');
    const files = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
      .filter((name) => name !== serviceWorker && !name.startsWith('pack/'))
      .sort();
    for (const name of files) hash.update(`${name}\0`).update(fs.readFileSync(path.join(folder, name)));
    const kept = JSON.stringify({ version: hash.digest('hex').slice(0, 16), files });
    const file = path.join(folder, serviceWorker);
    fs.writeFileSync(
      file,
      fs.readFileSync(file, 'utf8').replace('__VIXEN_KEPT_FILES__', () => kept.replace(/[\\'`$]/g, '\\$&')),
    );
  },
};

export default defineConfig(({ command }) => ({
  // Development serves sources, which change: nothing of them is kept.
  define: { __VIXEN_STATIC__: command === 'build' },
  root: room,
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
    rolldownOptions: {
      input: { index: path.join(room, 'index.html'), sw: path.join(room, 'src/offline/service-worker.ts') },
      // Its scope is the folder that it lies in.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? serviceWorker : 'assets/[name]-[hash].js') },
    },
  },
  plugins: [packPlaceholder, early, offlineFiles],
  worker: { format: 'es' },
  server: { port: 5173 },
  preview: { port: 4173 },
}));
