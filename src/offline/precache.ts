/** A file of the build that the service worker keeps. */
export interface PrecachedFile {
  /** From the folder of the page on, as "assets/index-1a2b.js". */
  path: string;
  /** Hex. */
  sha256: string;
}

/** Everything that the page needs to work without a network; written into the service worker by the build. */
export interface Precache {
  /** Changes with any of the files. */
  version: string;
  files: readonly PrecachedFile[];
}

/** How a request is answered: hashed files from the cache, others from the network while there is one. */
export interface Route {
  file: PrecachedFile;
  first: 'cache' | 'network';
}

const page = 'index.html';
/** Files in here carry a hash in their names: one that is kept is the one asked for. */
const hashedFolder = 'assets/';

/** null for what the browser answers alone. `scope` is the address of the page's folder. */
export function routeOf(
  { files }: Precache,
  scope: string,
  { url, method, mode }: Pick<Request, 'url' | 'method' | 'mode'>,
): Route | null {
  const { origin, pathname } = new URL(url);
  const folder = new URL(scope);
  if (method !== 'GET' || origin !== folder.origin || !pathname.startsWith(folder.pathname)) return null;
  const asked = decodeURI(pathname.slice(folder.pathname.length));
  const path = mode === 'navigate' && asked === '' ? page : asked;
  const file = files.find((candidate) => candidate.path === path);
  return file ? { file, first: path.startsWith(hashedFolder) ? 'cache' : 'network' } : null;
}

const cachePrefix = 'shotweave-';

/** Name of the cache that holds a version of the studio. */
export function cacheName({ version }: Precache): string {
  return cachePrefix + version;
}

/** Whether a cache holds another version of the studio; other pages of the origin have caches of their own. */
export function isOutdated(name: string, precache: Precache): boolean {
  return name.startsWith(cachePrefix) && name !== cacheName(precache);
}

/** Address under which a file lies in the cache: of its content, so that the next version need not fetch it again. */
export function cacheKey({ path, sha256 }: PrecachedFile, scope: string): string {
  const key = new URL(path, scope);
  key.searchParams.set('sha256', sha256);
  return key.href;
}
