import { describe, expect, it } from 'vitest';
import { checkBoundaries, findCycles } from './boundaries.mjs';
import { areaOf, refuseImport, refusePackage } from './boundaries-rules.mjs';
import { readImports } from './boundaries-tokens.mjs';

const specifiers = (text) => readImports(text).map((found) => `${found.kind} ${found.specifier}`);

/** The findings for a made-up tree of `{path: text}`. */
function findingsOf(tree) {
  return checkBoundaries({
    files: Object.keys(tree),
    read: (path) => tree[path],
    exists: (path) => path in tree,
  }).findings;
}

describe('reading imports', () => {
  it.each([
    ["import { a } from './a.ts';", 'import ./a.ts'],
    ["import type { A } from './a.ts';", 'import ./a.ts'],
    ["import a, { type B } from './a.ts';", 'import ./a.ts'],
    ["import * as all from './a.ts';", 'import ./a.ts'],
    ["import './a.css';", 'import ./a.css'],
    ["export { a } from './a.ts';", 'import ./a.ts'],
    ["export * from './a.ts';", 'import ./a.ts'],
    ["const a = await import('./a.ts');", 'import ./a.ts'],
    ['const a = await import(`./a.ts`);', 'import ./a.ts'],
    ["type A = typeof import('./a.ts');", 'import ./a.ts'],
    ["const a = require('./a.ts');", 'import ./a.ts'],
    ["new Worker(new URL('./a.ts', import.meta.url));", 'mention ./a.ts'],
    ["const path = '@in-camera/crypto/link.ts';", 'mention @in-camera/crypto/link.ts'],
    [['const t = `$', '{`$', "{1}`}`; import './a.ts';"].join(''), 'import ./a.ts'],
    ["const r = /['\"`]/; import './a.ts';", 'import ./a.ts'],
    ["const q = a / b; import './a.ts'; c / d;", 'import ./a.ts'],
    ["const j = <p>don't {x}</p>;\nimport './a.ts';", 'import ./a.ts'],
  ])('finds the one in %s', (text, expected) => {
    expect(specifiers(text)).toEqual([expected]);
  });

  it('sees none in comments, strings and members', () => {
    const text = [
      "// import './a.ts';",
      "/* import './b.ts'; */",
      'const s = "import \'./c.ts\'";',
      "loader.import('d');",
      'import.meta.url;',
    ].join('\n');
    expect(specifiers(text)).toEqual([]);
  });

  it('reports what it cannot read instead of passing it', () => {
    expect(specifiers('await import(name);')).toEqual(['problem a computed import']);
    expect(specifiers('const a = `never ends')[0]).toMatch(/^problem/);
    expect(specifiers('/* never ends')[0]).toMatch(/^problem/);
  });

  it('tells the line', () => {
    expect(readImports("\n\nimport './a.ts';")[0].line).toBe(3);
  });
});

describe('who may import what', () => {
  it.each([
    ['crypto/link.ts', 'protocol/ids.ts'],
    ['protocol/ids.ts', 'crypto/link.ts'],
    ['server/delivery/order.ts', 'crypto/link.ts'],
    ['server/delivery/order.test.ts', 'crypto/link.ts'],
    ['server/main.ts', 'crypto/link.ts'],
    ['server/delivery/order.ts', 'server/media/ticket.ts'],
    ['server/delivery/order.ts', 'server/main.ts'],
    ['server/db/open.ts', 'server/delivery/order.ts'],
    ['web/call/machine.ts', 'crypto/link.ts'],
    ['web/call/machine.ts', 'web/ui/Button.tsx'],
    ['web/call/machine.ts', 'web/room/Room.tsx'],
    ['web/room/Room.tsx', 'web/worker/vault.ts'],
    ['web/room/Room.tsx', 'crypto/link.ts'],
    ['web/room/Room.tsx', 'web/lobby/Lobby.tsx'],
    ['web/ui/Button.tsx', 'web/call/machine.ts'],
    ['web/worker/vault.ts', 'web/call/machine.ts'],
    ['web/main.tsx', 'crypto/link.ts'],
    ['web/main.tsx', 'server/main.ts'],
    ['server/main.ts', 'web/main.tsx'],
    ['server/main.ts', 'tools/start.mjs'],
    ['web/call/machine.ts', 'e2e/browser.ts'],
    ['crypto/link.ts', 'crypto/link.test.ts'],
    ['crypto/link.ts', 'crypto/unsafe-member.ts'],
    ['crypto/link.ts', 'crypto/mls/mls.testkit.ts'],
  ])('%s must not import %s', (from, to) => {
    expect(refuseImport(from, to)).toBeTypeOf('string');
  });

  it.each([
    ['web/worker/vault.ts', 'crypto/link.ts'],
    ['web/worker/vault.ts', 'protocol/ids.ts'],
    ['web/call/machine.ts', 'web/worker/messages.ts'],
    ['web/call/machine.test.ts', 'crypto/link.ts'],
    ['web/room/Room.tsx', 'web/call/machine.ts'],
    ['web/room/Room.tsx', 'web/ui/Button.tsx'],
    ['server/main.ts', 'server/delivery/order.ts'],
    ['server/delivery/order.ts', 'server/db/open.ts'],
    ['server/delivery/order.ts', 'protocol/ids.ts'],
    ['e2e/meeting.ts', 'crypto/link.ts'],
    ['bench/frames.ts', 'crypto/sframe.ts'],
    ['crypto/link.test.ts', 'crypto/unsafe-member.ts'],
  ])('%s may import %s', (from, to) => {
    expect(refuseImport(from, to)).toBeUndefined();
  });

  it.each([
    ['crypto/link.ts', 'node:crypto'],
    ['crypto/link.ts', 'zod'],
    ['protocol/ids.ts', 'node:buffer'],
    ['protocol/ids.ts', 'uqr'],
    ['web/call/machine.ts', 'react'],
    ['web/call/machine.ts', 'zustand'],
    ['web/call/machine.ts', '@lingui/react/macro'],
    ['web/room/Room.tsx', 'node:fs'],
    ['web/room/Room.tsx', 'livekit-client'],
    ['web/worker/vault.ts', 'livekit-client'],
    ['server/main.ts', 'react'],
    ['server/main.ts', 'vitest'],
  ])('%s must not import the package %s', (path, name) => {
    expect(refusePackage(path, name)).toBeTypeOf('string');
  });

  it.each([
    ['crypto/link.ts', '@scure/bip39/wordlists/english.js'],
    ['crypto/link.test.ts', 'node:fs'],
    ['crypto/link.test.ts', 'fast-check'],
    ['protocol/ids.ts', 'zod/mini'],
    ['web/call/machine.ts', 'zustand/vanilla'],
    ['web/call/media.ts', 'livekit-client'],
    ['server/main.ts', 'node:fs'],
  ])('%s may import the package %s', (path, name) => {
    expect(refusePackage(path, name)).toBeUndefined();
  });

  it('takes an unknown folder of the server for a feature, of the web for a screen', () => {
    expect(areaOf('server/brand-new/store.ts')).toBe('server:feature:brand-new');
    expect(areaOf('web/brand-new/Page.tsx')).toBe('web:screen:brand-new');
  });
});

describe('the whole tree', () => {
  it('finds nothing in a sound one', () => {
    const tree = {
      'protocol/ids.ts': "import * as z from 'zod/mini';",
      'crypto/link.ts': 'export const link = 1;',
      'web/worker/vault.ts':
        "import { link } from '@in-camera/crypto/link.ts';\nimport '@in-camera/protocol/ids.ts';",
      'server/main.ts': "import './delivery/order.ts';",
      'server/delivery/order.ts': "import '@in-camera/protocol/ids.ts';",
    };
    expect(findingsOf(tree)).toEqual([]);
  });

  it('finds a cycle made of types only, and says who is in it', () => {
    const tree = {
      'crypto/a.ts': "import type { B } from './b.ts';",
      'crypto/b.ts': "import type { C } from './c.ts';",
      'crypto/c.ts': "import type { A } from './a.ts';",
    };
    expect(findingsOf(tree)).toEqual(['import cycle: crypto/a.ts -> crypto/b.ts -> crypto/c.ts']);
  });

  it('finds cycles and nothing else in a graph', () => {
    const edges = new Map([
      ['a', new Set(['b', 'c'])],
      ['b', new Set(['c'])],
      ['c', new Set()],
      ['d', new Set(['d'])],
    ]);
    expect(findCycles(edges)).toEqual([['d']]);
  });

  it.each([
    [{ 'web/call/deep/x.ts': '' }, /deeper than 3/],
    [{ 'crypto/a.ts': "import './gone.ts';" }, /points at no file/],
    [{ 'crypto/a.ts': 'await import(path);' }, /cannot be checked/],
    [
      { 'web/worker/a.ts': "import '../../crypto/b.ts';", 'crypto/b.ts': '' },
      /by its package name/,
    ],
    [{ 'web/call/a.ts': "export * from '@in-camera/crypto/b.ts';", 'crypto/b.ts': '' }, /web:call/],
    [{ 'server/package.json': '{"dependencies":{"@in-camera/crypto":"0.1.0"}}' }, /decrypt/],
  ])('finds the fault in %o', (tree, expected) => {
    const findings = findingsOf(tree);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(expected);
  });
});
