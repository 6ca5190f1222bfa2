// Serves the built web client: the files found at start by their exact names, and the page for the addresses it knows.
// Must not look at the disk for a path a client chose.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { StartError } from './errors.ts';

type WebFile = { readonly type: string; readonly bytes: Buffer; readonly hashed: boolean };

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const PAGE = 'index.html';
/** Addresses of the page. The answer never depends on the id (SEC-11). */
export const PAGE_ROUTES = ['/', '/start', '/about', '/j/:id'];
const ONE_YEAR = 'public, max-age=31536000, immutable';

function readFiles(folder: string): Map<string, WebFile> {
  const files = new Map<string, WebFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const type = TYPES[extname(entry.name)];
    // What starts with a dot is for the build, and an unknown type is nobody's business.
    if (!entry.isFile() || type === undefined || /(?:^|\/)\./.test(name)) continue;
    files.set(name, { type, bytes: readFileSync(path), hashed: name.startsWith('assets/') });
  }
  return files;
}

/** Adds a route for each file and page; resolves the folder once, at start. */
export function addWebFiles(app: FastifyInstance, folder: string): void {
  let files: Map<string, WebFile>;
  try {
    files = readFiles(folder);
  } catch (cause) {
    throw new StartError(
      'web-missing',
      `The web client ${folder} is missing: run npm start, which builds it.`,
      { cause },
    );
  }
  const page = files.get(PAGE);
  if (page === undefined) {
    throw new StartError(
      'web-missing',
      `The web client ${folder} has no ${PAGE}: run npm start, which builds it.`,
    );
  }
  for (const [name, { type, bytes, hashed }] of files) {
    if (name === PAGE) continue;
    app.get(`/${name}`, (_request, reply) => {
      // Hashed names change with their bytes; all others are asked for again each time.
      if (hashed) reply.header('cache-control', ONE_YEAR);
      return reply.type(type).send(bytes);
    });
  }
  for (const route of PAGE_ROUTES) {
    app.get(route, (_request, reply) => reply.type(page.type).send(page.bytes));
  }
}
