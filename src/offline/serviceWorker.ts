import { cacheKey, cacheName, isOutdated, type Precache, type PrecachedFile, routeOf } from './precache.ts';
import { bringToFront } from './shownPage.ts';

declare const self: ServiceWorkerGlobalScope;
/** The build puts the list in place of this name. */
declare const SHOTWEAVE_PRECACHE: Precache;

const precache = SHOTWEAVE_PRECACHE;
const { scope } = self.registration;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const route = routeOf(precache, scope, event.request);
  if (!route) return;
  const { file, first } = route;
  event.respondWith(
    first === 'cache' ? fromCacheOr(file, event.request) : fromNetworkOr(file, event.request),
  );
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { data } = event.notification;
  event.waitUntil(bringToFront(self.clients, scope, data?.page));
});

/** Fetches what no earlier version has kept. Fails as a whole, to be tried again at the next visit. */
async function install(): Promise<void> {
  const cache = await caches.open(cacheName(precache));
  for (const file of precache.files) {
    const key = cacheKey(file, scope);
    const kept = await caches.match(key);
    await cache.put(key, kept ?? (await fetchWhole(file)));
  }
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => isOutdated(name, precache)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The file as it was built, not as a server in the middle of an update sends it. */
async function fetchWhole({ path, sha256 }: PrecachedFile): Promise<Response> {
  const response = await fetch(new URL(path, scope), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  if (toHex(digest) !== sha256) throw new Error(`${path} is of another version`);
  return response;
}

async function fromCacheOr(file: PrecachedFile, request: Request): Promise<Response> {
  return (await caches.match(cacheKey(file, scope))) ?? fetch(request);
}

/** Nothing stale while there is a network: another program may be served from the same address by now. */
async function fromNetworkOr(file: PrecachedFile, request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (failure) {
    const kept = await caches.match(cacheKey(file, scope));
    if (kept) return kept;
    throw failure;
  }
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
