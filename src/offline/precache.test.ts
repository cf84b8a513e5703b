import { describe, expect, it } from 'vitest';
import { cacheKey, cacheName, isOutdated, type Precache, routeOf } from './precache.ts';

const precache: Precache = {
  version: '1a2b',
  files: [
    { path: 'index.html', sha256: '01' },
    { path: 'assets/index-abc.js', sha256: '02' },
    { path: 'models/papercut/dit.safetensors', sha256: '03' },
  ],
};
const scope = 'http://localhost:4173/studio/';

function route(path: string, request: Partial<Request> = {}): [string, string] | null {
  const url = new URL(path, scope).href;
  const found = routeOf(precache, scope, { method: 'GET', mode: 'cors', url, ...request });
  return found && [found.file.path, found.first];
}

describe('a request', () => {
  it('for a hashed file is answered from the cache', () => {
    expect(route('assets/index-abc.js')).toEqual(['assets/index-abc.js', 'cache']);
  });

  it('for the page or a model asks the network first', () => {
    expect(route('', { mode: 'navigate' })).toEqual(['index.html', 'network']);
    expect(route('?x=1#film', { mode: 'navigate' })).toEqual(['index.html', 'network']);
    expect(route('models/papercut/dit.safetensors')).toEqual(['models/papercut/dit.safetensors', 'network']);
  });

  it.each([
    ['for something else', 'assets/index-new.js', {}],
    ['for the folder that is no visit', '', {}],
    ['that sends something', 'index.html', { method: 'POST' }],
    ['to another folder', '../index.html', {}],
    ['to another origin', 'https://example.org/studio/index.html', {}],
  ])('%s is left to the browser', (_, path, request) => {
    expect(route(path, request)).toBeNull();
  });
});

describe('the cache', () => {
  it('is one of the version, and only the studio’s own others are outdated', () => {
    expect(cacheName(precache)).toBe('shotweave-1a2b');
    expect(isOutdated('shotweave-1a2b', precache)).toBe(false);
    expect(isOutdated('shotweave-0000', precache)).toBe(true);
    expect(isOutdated('another-program', precache)).toBe(false);
  });

  it('has another key for another content', () => {
    const keys = [
      { path: 'a.js', sha256: '01' },
      { path: 'a.js', sha256: '02' },
      { path: 'b.js', sha256: '01' },
    ].map((file) => cacheKey(file, scope));
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toBe('http://localhost:4173/studio/a.js?sha256=01');
  });
});
