// The page without a network: its files are kept when it is opened first, and given out afterwards. Each build has a cache of its own, named by its
// contents; those of builds before are thrown away. Packs are not of it: what is fetched of them is kept by whoever reads them.

interface Kept {
  /** Of the files' contents. */
  version: string;
  /** Relative to the page. */
  files: string[];
}

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

// Filled in when all files are there (vite.config.ts).
const { version, files }: Kept = JSON.parse('__VIXEN_KEPT_FILES__');

const scope = globalThis as unknown as WorkerScope;
const site = scope.registration.scope;
// Other playgrounds may live on the same host.
const prefix = `vixen-page:${site}:`;
const cacheName = prefix + version;
const known = new Set(files);
const page = 'index.html';
/** Milliseconds that the page itself may take to come before the kept one is shown. */
const patience = 3000;

async function keepAll() {
  const cache = await caches.open(cacheName);
  await cache.addAll(files.map((file) => new Request(new URL(file, site), { cache: 'reload' })));
}

async function removeOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function kept(name: string): Promise<Response | undefined> {
  const cache = await caches.open(cacheName);
  return cache.match(new URL(name, site));
}

/** The newest page, so that a reload is enough to have it; its files have other names than those of this build. */
async function navigated(request: Request): Promise<Response> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience));
  const response = await Promise.race([fetch(request).catch(() => undefined), late]);
  return response ?? (await kept(page)) ?? fetch(request);
}

const keptOrFetched = async (name: string, request: Request) => (await kept(name)) ?? fetch(request);

scope.addEventListener('install', (event) => event.waitUntil(keepAll()));
scope.addEventListener('activate', (event) => event.waitUntil(removeOthers()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(site)) return;
  const name = new URL(request.url).pathname.slice(new URL(site).pathname.length);
  if (request.mode === 'navigate' && (name === '' || name === page)) event.respondWith(navigated(request));
  else if (known.has(name)) event.respondWith(keptOrFetched(name, request));
});
