import { describe, expect, it } from 'vitest';
import { checkText, RULES } from './text-check.mjs';

// Bad texts are put together from halves, so that this file does not hold what it forbids.
const BAD = [
  ['docs/a.md', ['see https://registry.', 'npmjs.org/x'], 'package registry host'],
  [
    'crypto/mls/dist/a.wasm',
    ['/.cargo/registry/src/index.crates', '.io-1949/'],
    'package registry host',
  ],
  ['docs/a.md', ['cd /work', '/main'], 'path of one machine'],
  ['docs/a.md', ['in /root', '/.cache'], 'path of one machine'],
  ['e2e/key.txt', ['-----BEGIN EC PRIVATE', ' KEY-----'], 'private key'],
  ['crypto/a.ts', ['// TO', 'DO: later'], 'note to self'],
  ['crypto/a.test.ts', ['it.sk', "ip('x')"], 'test that is left out'],
  ['crypto/a.test.ts', ['describe.on', "ly('x')"], 'test that is left out'],
  ['crypto/a.test.ts', ['it.concurrent.sk', "ip('x')"], 'test that is left out'],
  ['e2e/a.ts', ['xi', "t('x')"], 'test that is left out'],
  ['crypto/a.ts', ['// @ts-', 'ignore'], 'compiler or linter silenced'],
  ['crypto/a.ts', ['// oxlint-', 'disable'], 'compiler or linter silenced'],
  ['crypto/a.ts', ['// @ts-expect', '-error'], 'compiler silenced in product code'],
  ['web/a.ts', ['  debug', 'ger;'], 'debugger statement'],
  ['server/a.ts', ['process.env.NO_E', '2EE'], 'switch for encryption'],
  ['web/a.ts', ['new webkitSpeech', 'Recognition()'], 'browser speech recognition'],
  ['web/a.ts', ["fetch('https://cdn.", "someone.net/x')"], "someone else's host"],
  ['web/a.ts', ["urls: 'stun:stun.", "someone.net:3478'"], "someone else's host"],
];

describe('forbidden text', () => {
  it.each(BAD)('finds it in %s', (path, halves, rule) => {
    const findings = checkText(path, `first line\n${halves.join('')}`);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`${path}:2: ${rule}`);
  });

  it('has a bad text for every rule', () => {
    const untried = RULES.filter((rule) => !BAD.some(([, , name]) => rule.name.startsWith(name)));
    expect(untried.map((rule) => rule.name)).toEqual([]);
  });

  it.each([
    ['crypto/mls/Cargo.lock', 'source = "registry+https://github.com/rust-lang/crates.io-index"'],
    ['web/ui/Icon.tsx', 'xmlns="http://www.w3.org/2000/svg"'],
    ['server/config/read.ts', "const base = 'http://localhost:3000';"],
    ['web/lobby/link.ts', "'https://meet.example/j/'"],
    ['docs/operators.md', 'put it into /home/node/data'],
    ['crypto/a.ts', ['// TO', 'DO(#12) with accounts'].join('')],
    ['crypto/a.test.ts', "it('skips what it must', () => {})"],
    ['web/room/layout.ts', ['fi', 't(4, 3)'].join('')],
    ['docs/a.md', ['It says nothing TO', 'DO here'].join('')],
  ])('leaves %s alone', (path, text) => {
    expect(checkText(path, text)).toEqual([]);
  });

  it('does not print what it found', () => {
    const key = ['-----BEGIN PRIVATE', ' KEY-----\nMC4CAQAwBQYDK2Vw'].join('');
    expect(checkText('a.pem', key).join()).not.toContain('MC4C');
  });
});
