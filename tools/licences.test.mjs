import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLicences, isAllowed } from './licences.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'licences-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function findingsOf(packages, own = {}) {
  writeFileSync(join(root, 'package.json'), JSON.stringify(own));
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, ...packages } }),
  );
  return checkLicences(root).findings;
}

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR WTFPL)', true],
    ['(Apache-2.0 AND BSD-3-Clause)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['none', false],
    ['SEE LICENSE IN LICENSE', false],
  ])('%s allowed: %s', (expression, expected) => {
    expect(isAllowed(expression)).toBe(expected);
  });

  it('passes a sound tree', () => {
    const packages = { 'node_modules/a': { version: '1.0.0', license: 'MIT' } };
    expect(findingsOf(packages, { dependencies: { a: '1.0.0' } })).toEqual([]);
  });

  it('reads the installed package before the lock file', () => {
    mkdirSync(join(root, 'node_modules/a'), { recursive: true });
    writeFileSync(join(root, 'node_modules/a/package.json'), '{"license":"GPL-3.0-only"}');
    expect(findingsOf({ 'node_modules/a': { version: '1.0.0', license: 'MIT' } })).toEqual([
      'a@1.0.0: licence GPL-3.0-only is not on the list',
    ]);
  });

  it.each([
    ['a', { version: '1.0.0', license: 'GPL-3.0-only' }],
    ['a', { version: '1.0.0' }],
    ['a', { version: '1.0.0', license: 'AGPL-3.0-only', dev: true }],
    ['uws', { version: '1.0.0', license: 'MIT', dev: true }],
    ['tldraw', { version: '1.0.0', license: 'MIT' }],
    ['@tldraw/editor', { version: '1.0.0', license: 'MIT' }],
    ['@mediapipe/tasks-vision', { version: '1.0.1', license: 'Apache-2.0' }],
    ['@livekit/track-processors', { version: '0.5.0', license: 'Apache-2.0' }],
  ])('refuses %s %o', (name, entry) => {
    expect(findingsOf({ [`node_modules/${name}`]: entry })).toHaveLength(1);
  });

  it('takes an early tasks-vision and copyleft tools that do not ship', () => {
    const packages = {
      'node_modules/@mediapipe/tasks-vision': { version: '0.10.1', license: 'Apache-2.0' },
      'node_modules/tool': { version: '1.0.0', license: 'MPL-2.0', dev: true },
    };
    expect(findingsOf(packages)).toEqual([]);
  });

  it('refuses versions that are not exact, and a lock file with nothing in it', () => {
    const some = { 'node_modules/a': { version: '1.0.0', license: 'MIT' } };
    for (const version of ['^1.0.0', '~1.0.0', 'latest', '1.x', 'github:a/b']) {
      expect(findingsOf(some, { devDependencies: { a: version } })).toHaveLength(1);
    }
    expect(findingsOf({})).toHaveLength(1);
  });
});
