import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  checkCryptography,
  checkPage,
  lockedVersions,
  usesPrimitive,
} from './verify-cryptography.mjs';

const HOME = join(dirname(fileURLToPath(import.meta.url)), '..');

const LOCKS = {
  npm: JSON.stringify({
    packages: {
      '': {},
      'node_modules/jose': { version: '6.2.18' },
      'node_modules/sdk/node_modules/jose': { version: '5.10.0' },
    },
  }),
  cargo: '[[package]]\nname = "openmls"\nversion = "0.9.2"\n',
  go: 'require (\n\tgithub.com/pion/dtls/v3 v3.1.5 // indirect\n)\n',
};
const locked = lockedVersions(LOCKS);
const PAGE =
  '| a | `openmls 0.9.2`, `github.com/pion/dtls/v3 v3.1.5`, `jose 5.10.0` | `crypto/sframe.ts` |';
const check = (page, more = {}) =>
  checkPage(page, { exists: () => true, locked, uses: ['crypto/sframe.ts'], ...more });

describe('SEC-7 the inventory of cryptography', () => {
  it('is fine when files, versions and uses agree', () => {
    expect(check(PAGE)).toEqual([]);
  });

  it('names a version that is not the locked one', () => {
    expect(check(PAGE.replace('0.9.2', '0.9.1'))).toEqual([
      'docs/cryptography.md: says openmls 0.9.1, which is locked as 0.9.2',
    ]);
    expect(check(PAGE.replace('openmls ', 'otherlib '))[0]).toContain('not locked anywhere');
    // One version of a package is not another's: not the outer jose's, not half of a number.
    expect(check(PAGE.replace('jose 5.10.0', 'jose 5.9.0'))[0]).toContain(
      'locked as 6.2.18, 5.10.0',
    );
    expect(check(PAGE.replace('0.9.2', '0.9'))).toHaveLength(1);
    expect(check(PAGE.replace('v3.1.5', 'v3.1.4'))[0]).toContain('locked as 3.1.5');
  });

  it('names a file that is gone', () => {
    expect(check(PAGE, { exists: () => false })).toEqual([
      'docs/cryptography.md: names crypto/sframe.ts, which does not exist',
    ]);
  });

  it('leaves out a file that uses a primitive', () => {
    expect(check(PAGE, { uses: ['crypto/sframe.ts', 'web/other.ts'] })).toEqual([
      'web/other.ts: uses cryptography and is not named in a table of docs/cryptography.md',
    ]);
    // A sentence beside the tables is no line of the inventory.
    const beside = `${PAGE}\n\nSee \`web/other.ts\`.\n`;
    expect(check(beside, { uses: ['web/other.ts'] })).toHaveLength(1);
  });

  it('stands as committed: its files exist, its versions are locked, no use is left out', () => {
    const { findings, summary } = checkCryptography(HOME);
    expect(findings).toEqual([]);
    expect(Number.parseInt(summary, 10)).toBeGreaterThan(25);
  });

  it('does not pass when it says nothing', () => {
    expect(check('', { uses: [] })).toHaveLength(1);
  });

  it.each([
    ['crypto/a.ts', 'await crypto.subtle.digest()', true],
    ['server/a.ts', "import { createHash } from 'node:crypto';", true],
    ['web/a.ts', 'crypto.getRandomValues(x)', true],
    ['web/a.tsx', "import { x } from '@noble/curves/ed25519';", true],
    ['web/a.ts', 'const { subtle } = scope.crypto;', true],
    ['web/a.js', 'scope.crypto?.subtle', true],
    ['web/a.ts', 'value instanceof CryptoKey', true],
    ['server/a.ts', "import { createServer } from 'node:tls';", true],
    ['server/a.ts', "import { SignJWT } from 'jose';", true],
    ['crypto/mls/a.ts', "import * as glue from './dist/mls.js';", true],
    ['crypto/mls/src/a.rs', 'use ed25519_dalek::SigningKey;', true],
    ['crypto/mls/src/a.rs', 'use openmls_rust_crypto::RustCrypto;', true],
    ['crypto/mls/src/outsider.rs', 'use rand_chacha::ChaCha20Rng;', false],
    ['crypto/mls/src/a.rs', 'use zeroize::Zeroizing;', false],
    ['crypto/a.test.ts', 'crypto.subtle', false],
    ['server/a-testkit.ts', "from 'node:crypto'", false],
    ['tools/a.mjs', "from 'node:crypto'", false],
    ['web/a.ts', "import { x } from '@in-camera/crypto/a.ts';", false],
  ])('%s with %s counts: %s', (path, text, counts) => {
    expect(usesPrimitive(path, text)).toBe(counts);
  });
});
