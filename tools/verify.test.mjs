import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseSteps, runSteps } from './verify.mjs';
import { checkDependencyLines, checkPage } from './verify-papers.mjs';
import { checkSize } from './verify-sizes.mjs';
import { STEPS } from './verify-steps.mjs';

const HOME = join(dirname(fileURLToPath(import.meta.url)), '..');
const SLOW_MS = 120_000;
const MARKERS = '<!-- figures: made by tools/readme-figures.mjs -->\n<!-- /figures -->\n';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'verify-'));
  symlinkSync(join(HOME, 'node_modules'), join(root, 'node_modules'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(
      join(root, path),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
}

const runOne = (name) => STEPS.find((step) => step.name === name).run(root);

const biome = { root: true, vcs: { enabled: false }, extends: [join(HOME, 'biome.json')] };
const types = { extends: join(HOME, 'tsconfig.json'), include: ['*.ts'], exclude: [] };

function cryptoTypes() {
  const lib = join(HOME, 'tools/verify-web-crypto.d.ts');
  return { extends: join(HOME, 'tsconfig.crypto.json'), include: ['*.ts', lib], exclude: [] };
}

describe('each step can fail', () => {
  it('types: a wrong type', { timeout: SLOW_MS }, async () => {
    put({ 'tsconfig.json': types, 'a.ts': 'export const a: number = 1;\n' });
    expect(await runOne('types')).toMatchObject({ ok: true });
    put({ 'a.ts': "export const a: number = 'one';\n" });
    expect(await runOne('types')).toMatchObject({ ok: false });
  });

  it('types: no configuration at all', async () => {
    expect(await runOne('types')).toMatchObject({ ok: false });
  });

  it.each([
    ['document', 'export const a = document.title;\n'],
    ['fetch', "export const a = fetch('/');\n"],
    ['clock', 'export const a = setTimeout(() => {}, 1);\n'],
    ['storage', "export const a = localStorage.getItem('a');\n"],
    ['Node', 'export const a = process.pid;\n'],
    ['Buffer', "export const a = Buffer.from('a');\n"],
    ['console', "console.log('a');\nexport {};\n"],
    ['enum', 'export enum A { B }\n'],
  ])('types: crypto cannot see %s', { timeout: SLOW_MS }, async (_name, text) => {
    put({ 'tsconfig.crypto.json': cryptoTypes(), 'a.ts': text });
    expect(await runOne('types')).toMatchObject({ ok: false });
  });

  it('types: crypto sees WebCrypto', { timeout: SLOW_MS }, async () => {
    const text =
      "export const a = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a'));\n";
    put({ 'tsconfig.crypto.json': cryptoTypes(), 'a.ts': text });
    expect(await runOne('types')).toEqual({
      ok: true,
      output: '',
      summary: '1 of 1 configurations',
    });
  });

  it.each([
    ['format', 'sound.ts', 'export const a   = 1;\n'],
    ['noExplicitAny', 'sound.ts', 'export const a: any = 1;\n'],
    ['noConsole', 'sound.ts', "console.log('a');\n"],
    ['noNonNullAssertion', 'sound.ts', 'export const a = (b?: string) => b!.length;\n'],
    ['useImportExtensions', 'sound.ts', "export { b } from './b';\n"],
    ['useFilenamingConvention', 'notSound.ts', 'export const a = 1;\n'],
    ['noExcessiveLinesPerFile', 'sound.ts', 'export {};\n'.repeat(351)],
    ['noFocusedTests', 'sound.test.ts', `import { it } from 'vitest';\n\nit.${'only'}('a');\n`],
  ])('style: %s', { timeout: SLOW_MS }, async (rule, path, text) => {
    put({ 'biome.json': biome, [path]: text, 'b.ts': 'export const b = 1;\n' });
    const { ok, output } = await runOne('style');
    expect(ok).toBe(false);
    expect(output).toMatch(new RegExp(`${path}.*${rule}`));
  });

  it('style: passes what is sound', { timeout: SLOW_MS }, async () => {
    put({
      'biome.json': `${JSON.stringify(biome, undefined, 2)}\n`,
      'sound.ts': 'export const a = 1;\n',
    });
    const { output } = await runOne('style');
    expect(output).not.toContain('sound.ts');
  });

  it.each([
    ['floating', 'const f = async () => 1;\nf();\nexport {};\n'],
    ['misused', 'const f = async () => true;\nif (f()) throw new Error();\nexport {};\n'],
    ['unsafe', "const a = JSON.parse('1');\nexport const b = a.c;\n"],
  ])('promises: %s', { timeout: SLOW_MS }, async (_name, text) => {
    put({ 'tsconfig.json': types, 'a.ts': 'export const a = 1;\n' });
    put({
      '.oxlintrc.json': {
        extends: [join(HOME, '.oxlintrc.json')],
        ignorePatterns: ['node_modules/**'],
      },
    });
    expect(await runOne('promises')).toMatchObject({ ok: true });
    put({ 'a.ts': text });
    expect(await runOne('promises')).toMatchObject({ ok: false });
  });

  it('boundaries: crypto that imports Node', async () => {
    put({ 'crypto/a.ts': "import 'node:fs';\n" });
    expect(await runOne('boundaries')).toMatchObject({ ok: false });
  });

  it('dead: a file that nobody imports', { timeout: SLOW_MS }, async () => {
    put({
      'package.json': { name: 'fixture' },
      'knip.json': { entry: ['main.mjs'], project: ['*.mjs'] },
      'main.mjs': 'globalThis.a = 1;\n',
    });
    expect(await runOne('dead')).toMatchObject({ ok: true });
    put({ 'lost.mjs': 'export const a = 1;\n' });
    expect(await runOne('dead')).toMatchObject({ ok: false });
  });

  it('licences: a package that must not ship', async () => {
    put({
      'package.json': {},
      'package-lock.json': {
        packages: { 'node_modules/a': { version: '1.0.0', license: 'GPL-3.0-only' } },
      },
    });
    expect(await runOne('licences')).toMatchObject({ ok: false });
  });

  it('sizes: too many lines, too many bytes', async () => {
    put({ 'a.ts': 'x\n'.repeat(351) });
    expect(await runOne('sizes')).toMatchObject({ ok: false });
    expect(checkSize('web/a.ts', 'x\n'.repeat(350), 700)).toEqual([]);
    expect(checkSize('web/fragment.js', 'x\n'.repeat(31), 62)).toHaveLength(1);
    expect(checkSize('docs/pictures/a.png', '', 601 * 1024)).toHaveLength(1);
    expect(checkSize('crypto/mls/dist/a.wasm', '', 1_500_000)).toEqual([]);
  });

  it('text: a path of one machine', async () => {
    put({ 'docs/a.md': ['see /work', '/main'].join('') });
    expect(await runOne('text')).toMatchObject({ ok: false });
  });

  it('figures: a stale table', async () => {
    put({ 'README.md': MARKERS, 'bench/results.json': [] });
    expect(await runOne('figures')).toMatchObject({ ok: false });
  });

  it('papers: a link to nothing, a name of nothing, a package without its line', async () => {
    put({ 'docs/a.md': 'see [b](b.md)' });
    expect(await runOne('papers')).toMatchObject({ ok: false });
    const exists = (path) => ['docs/b.md', 'crypto/link.ts'].includes(path);
    expect(
      checkPage('docs/a.md', '[b](b.md) [c](https://c.example) `crypto/link.ts`', exists),
    ).toEqual([]);
    expect(checkPage('docs/a.md', '![b](c.png) `crypto/gone.ts`', exists)).toHaveLength(2);
    const line = '| `a` | web | why | MIT | nothing |';
    expect(checkDependencyLines(line, [{ dependencies: { a: '1.0.0' } }])).toEqual([]);
    expect(checkDependencyLines(line, [{ devDependencies: { b: '1.0.0' } }])).toHaveLength(2);
  });

  it('cryptography: a file that uses a primitive and is not named', async () => {
    const lock = JSON.stringify({ packages: {} });
    put({ 'package-lock.json': lock, 'crypto/mls/Cargo.lock': '', 'media/go.mod': '' });
    put({ 'docs/cryptography.md': '', 'web/a.ts': 'crypto.getRandomValues(x);' });
    expect(await runOne('cryptography')).toMatchObject({
      ok: false,
      output: expect.stringContaining('web/a.ts: uses cryptography'),
    });
  });

  it('controls: an empty register', async () => {
    put({ 'controls/controls.json': [], 'controls/attacks.json': [] });
    expect(await runOne('controls')).toMatchObject({ ok: false });
  });

  it('claims: a page that is not there', async () => {
    put({ 'controls/controls.json': [], 'controls/attacks.json': [] });
    expect(await runOne('claims')).toMatchObject({ ok: false });
  });

  it.each([
    ['a red test', "import { expect, it } from 'vitest';\nit('a', () => expect(1).toBe(2));\n"],
    ['no test', undefined],
  ])('tests: %s', { timeout: SLOW_MS }, async (_name, text) => {
    const config = "export default { test: { projects: [{ test: { name: 'unit' } }] } };\n";
    put({ 'package.json': {}, 'vitest.config.mjs': config });
    if (text !== undefined) put({ 'a.test.mjs': text });
    expect(await runOne('tests')).toMatchObject({ ok: false });
  });

  it('has a test of failure for every step', () => {
    const names = ['types', 'style', 'promises', 'boundaries', 'dead', 'licences', 'sizes', 'text'];
    names.push('figures', 'papers', 'cryptography', 'controls', 'claims', 'tests');
    expect(STEPS.map((step) => step.name)).toEqual(names);
  });
});

describe('the run', () => {
  const good = {
    name: 'good',
    title: 'Good',
    run: async () => ({ ok: true, output: '', summary: 's' }),
  };
  const bad = {
    name: 'bad',
    title: 'Bad',
    run: async () => ({ ok: false, output: 'why', summary: '' }),
  };
  const broken = {
    name: 'broken',
    title: 'Broken',
    run: async () => {
      throw new Error('tool gone');
    },
  };

  it('goes on after a failure, names it, and counts a crash as one', async () => {
    const printed = [];
    const failed = await runSteps([bad, broken, good], root, (line) => printed.push(line));
    expect(failed).toEqual(['bad', 'broken']);
    const text = printed.join('\n');
    expect(text).toContain('why');
    expect(text).toContain('tool gone');
    expect(text).toContain('1 passed, 2 failed: bad, broken');
  });

  it('chooses steps by name and refuses an unknown one', () => {
    const names = (args) => chooseSteps([good, bad, broken], args).map((step) => step.name);
    expect(names(['--only', 'bad'])).toEqual(['bad']);
    expect(names(['--except', 'bad,good'])).toEqual(['broken']);
    expect(() => names(['--only', 'typo'])).toThrow(/no such step/);
  });
});
