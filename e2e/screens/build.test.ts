// What the product's build hands out: the fragment script first, nothing inline, no gallery.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
let dist = '';
let files: string[] = [];

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'in-camera-dist-'));
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  await run(
    process.execPath,
    [vite, 'build', join(ROOT, 'web'), '--outDir', dist, '--logLevel', 'error'],
    // The test runner's own NODE_ENV would build another client than the one that is shipped.
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  files = (await readdir(dist, { recursive: true })).filter((file) => /[\w-]\.\w+$/.test(file));
});
afterAll(() => rm(dist, { recursive: true, force: true }));

const read = (file: string) => readFile(join(dist, file), 'utf8');

describe('the built client', () => {
  it('A-86 runs the fragment script before any other script or request', async () => {
    const html = await read('index.html');
    const asked = [...html.matchAll(/<(?:script|link)\b[^>]*(?:src|href)="([^"]+)"[^>]*>/g)];
    expect(asked[0]?.[0]).toBe('<script src="/fragment.js">');
    expect(await read('fragment.js')).toBe(
      await readFile(join(ROOT, 'web', 'fragment', 'fragment.js'), 'utf8'),
    );
  });

  it('A-79 has no inline script, style, handler or data address', async () => {
    const html = await read('index.html');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|data:/);
    for (const file of files.filter((name) => name.endsWith('.css'))) {
      expect(await read(file)).not.toMatch(/url\(["']?(?:data:|https?:|\/\/)/);
    }
  });

  // Names of formats and pages named in error texts; that none is ever asked is seen by e2e/meeting/hosts.test.ts.
  it('A-80 names no other host', async () => {
    const allowed =
      /^https?:\/\/(?:www\.w3\.org|tailwindcss\.com|react\.dev|base-ui\.com|mui\.com|github\.com|aomediacodec\.github\.io|[\w.-]*livekit\.(?:io|cloud)|localhost|[\w.-]*example)/;
    for (const file of files.filter((name) => /\.(?:js|html|css)$/.test(name))) {
      const named = (await read(file)).match(/https?:\/\/[\w.-]+\.\w+/g) ?? [];
      expect(named.filter((host) => !allowed.test(host))).toEqual([]);
    }
  });

  it('holds nothing of the gallery', async () => {
    expect(files.filter((name) => name.endsWith('.html'))).toEqual(['index.html']);
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      expect(await read(file)).not.toMatch(/Hohenlohe|No such screen/);
    }
  });

  it('hashes every file but the first script and the page', () => {
    const plain = files.filter((name) => !/-[\w-]{8}\.\w+$/.test(name));
    expect(plain.toSorted()).toEqual(['.vite/manifest.json', 'fragment.js', 'index.html']);
  });

  it('ships each worker as a module of its own and the wasm as a file', () => {
    for (const part of [/vault-(?!meeting-).*\.js$/, /frames-.*\.js$/, /\.wasm$/]) {
      expect(files.filter((name) => part.test(name))).toHaveLength(1);
    }
  });

  it('keeps LiveKit and the room out of what the lobby loads', async () => {
    const manifest: Record<string, { file: string; imports?: string[] }> = JSON.parse(
      await read('.vite/manifest.json'),
    );
    const seen = new Set<string>();
    const visit = (key: string) => {
      if (seen.has(key)) return;
      seen.add(key);
      for (const next of manifest[key]?.imports ?? []) visit(next);
    };
    visit('index.html');
    visit('call/call.ts');
    expect([...seen].filter((key) => /livekit|room\//.test(key))).toEqual([]);
    expect(Object.keys(manifest).some((key) => /livekit/.test(key))).toBe(true);
  });

  it('holds texts compiled, without a parser', async () => {
    // Which of the scripts holds them is the bundler's business.
    const scripts = await Promise.all(files.filter((name) => name.endsWith('.js')).map(read));
    const holding = (words: string) => scripts.filter((code) => code.includes(words)).length;
    expect(holding('{minutes, plural')).toBe(0);
    expect(holding('Waiting for less than a minute')).toBe(1);
  });

  it('meets the budgets of lobby, meeting and wasm', async () => {
    const { stdout } = await run(process.execPath, [
      join(ROOT, 'bench', 'bundle.mjs'),
      '--print',
      dist,
    ]);
    const figures: Record<string, number> = JSON.parse(stdout);
    expect(figures['lobby-kb']).toBeLessThanOrEqual(150);
    expect(figures['meeting-kb']).toBeLessThanOrEqual(450);
    expect(figures['mls-wasm-kb']).toBeLessThanOrEqual(420);
  });
});
