import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { policyOf } from './contentSecurityPolicy.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/** @type {Record<string, string>} */
const mediaTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.mp4': 'video/mp4',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Requests name a path; what it is taken from does not matter. */
const origin = 'http://localhost';

/**
 * Reads a Range header that asks for one run of bytes.
 *
 * @param {string | undefined} header
 * @param {number} size bytes in the file
 * @returns {{ start: number, end: number } | 'whole' | 'unsatisfiable'} end is inclusive
 */
export function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return 'whole';
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * Answers a GET or HEAD request from a folder, whole or by range.
 *
 * @param {string} folder
 * @param {string} path as in the URL, beginning with a slash
 * @param {Request} request
 * @param {Response} response
 */
export async function serveFile(folder, path, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const file = locate(folder, path);
  if (file === undefined) return refuse(response, 404);
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) return refuse(response, 404);

  const range = parseRange(request.headers.range, facts.size);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${facts.size}`);
    return refuse(response, 416);
  }
  const { start, end } = range === 'whole' ? { start: 0, end: facts.size - 1 } : range;
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${start}-${end}/${facts.size}`);
  response.setHeader('Content-Type', mediaTypes[extname(file)] ?? 'application/octet-stream');
  response.setHeader('Content-Length', end - start + 1);
  response.writeHead(range === 'whole' ? 200 : 206);
  if (request.method === 'HEAD' || facts.size === 0) {
    response.end();
    return;
  }
  // A reader that goes away in the middle of a file is no fault of ours.
  await pipeline(createReadStream(file, { start, end }), response).catch(() => response.destroy());
}

/**
 * Serves the built app with the headers that it is meant to run under.
 *
 * @param {string} folder the build
 * @param {{ host: string, port: number, nextFreePort?: boolean }} address port 0 takes any free one
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function serveApp(folder, { host, port, nextFreePort = false }) {
  const server = createServer((request, response) => {
    const { url = '/' } = request;
    if (!URL.canParse(url, origin)) return refuse(response, 400);
    const path = new URL(url, origin).pathname;
    response.setHeader('Content-Security-Policy', policyOf(path));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    // Built files carry a hash in their names; everything else may change with the next build.
    response.setHeader(
      'Cache-Control',
      path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
    void serveFile(folder, path === '/' ? '/index.html' : path, request, response);
  });
  const taken = await listen(server, host, port, nextFreePort);
  return {
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {import('node:http').Server} server
 * @param {string} host
 * @param {number} port
 * @param {boolean} nextFreePort
 * @returns {Promise<number>} the port that was taken
 */
async function listen(server, host, port, nextFreePort) {
  for (let candidate = port; ; candidate++) {
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(candidate, host, () => {
        server.removeListener('error', resolve);
        resolve(undefined);
      });
    });
    if (error === undefined) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : candidate;
    }
    if (!nextFreePort || error.code !== 'EADDRINUSE') throw error;
  }
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {string | undefined} undefined when the path leaves the folder
 */
function locate(folder, path) {
  let decoded;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const file = normalize(join(folder, decoded));
  return file.startsWith(normalize(folder) + sep) ? file : undefined;
}

/**
 * @param {Response} response
 * @param {number} status
 */
function refuse(response, status) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end();
}
