// A host for the examples, as they are hosted in production: compressed files, with the service behind the same address.
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request as requestHttp } from 'node:http';
import { join, normalize } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const TYPES = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml',
};

/** Paths that the service answers, as in `vite.config.ts`. */
const OF_SERVICE = /^\/graphql|\/_(?:images|files)\//;

/** Sends a request to the service. A response that breaks off there breaks off here too, so that the page reconnects. */
function forward(request, response, service) {
  const { hostname, port } = new URL(service);
  const { method, url: path, headers } = request;
  const upstream = requestHttp({ hostname, port, method, path, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on('close', () => answer.complete || response.destroy());
  });
  upstream.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/**
 * Serves a folder: `/fr/saq` is `fr/saq.html`, and 404.html is the page for anything else.
 *
 * Options: `service`, the address of the service behind the same address; `isApplication`, so that index.html is the page
 * for every path without a file.
 */
export async function serveSite(folder, { service, isApplication = false, port = 0 } = {}) {
  const server = createServer((request, response) => {
    if (service && OF_SERVICE.test(request.url)) return forward(request, response, service);
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const candidates = [path, `${path}.html`, join(path, 'index.html')].map((name) => join(folder, name));
    const found = candidates.find((name) => existsSync(name) && statSync(name).isFile());
    const file = found ?? join(folder, isApplication ? 'index.html' : '404.html');
    const body = readFileSync(file);
    const type = TYPES[file.split('.').pop()];
    const isText = type !== undefined && /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    const headers = {
      'content-type': type ?? 'application/octet-stream',
      // Names of files in these folders change with their content.
      'cache-control': /^\/(?:assets|_astro)\//.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(isText && { 'content-encoding': 'br' }),
      // A script that runs npm answers nothing meanwhile, and an idle connection would break.
      ...(!service && { connection: 'close' }),
    };
    response.writeHead(found || isApplication ? 200 : 404, headers);
    response.end(isText ? brotliCompressSync(body) : body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
