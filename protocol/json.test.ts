import { describe, expect, it } from 'vitest';
import { readJson } from './json.ts';

describe('A-68 SEC-16 JSON from outside', () => {
  it('A-68 is read when it is spelled as both sides spell it', () => {
    for (const value of [
      null,
      0,
      -1.5,
      'a"\u0000\ud800é',
      [],
      [1, [2]],
      { kind: 'ping', ref: 1 },
    ]) {
      expect(readJson(JSON.stringify(value))).toEqual(value);
    }
    expect(readJson(JSON.stringify({ text: '"__proto__":1 "constructor":1' }))).toBeDefined();
  });

  it.each([
    ['a key said twice', '{"kind":"ping","kind":"end"}'],
    ['a key said twice, deep inside', '{"a":[{"b":1,"b":1}]}'],
    ['a key said twice in two spellings', '{"kind":"ping","\\u006bind":"end"}'],
    ['a second spelling of a number', '{"ref":1e3}'],
    ['a number too large to hold', '{"ref":1e999}'],
    ['a number that would be rounded', '{"ref":9007199254740993}'],
    ['minus zero', '-0'],
    ['a space', '{"ref": 1}'],
    ['a byte order mark', '\ufeff{}'],
    ['two values', '{}{}'],
    ['no value', ''],
    ['a prototype', '{"__proto__":{"kind":"ping"}}'],
    ['a prototype by its escape', '{"\\u005f_proto__":{}}'],
    ['a constructor', '{"constructor":{"prototype":{}}}'],
    ['a deep nest', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['many parts', `[${'{},'.repeat(5_000)}{}]`],
  ])('A-68 is not read with %s', (_what, text) => {
    expect(readJson(text)).toBeUndefined();
  });

  it('A-55 A-68 deep nests, long texts and a million numbers of 1 MiB are refused within 100 ms', () => {
    const size = 1_000_000;
    const texts = [
      `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
      `${'{"a":'.repeat(size / 5)}`,
      `[${'[0,0],'.repeat(size / 6)}0]`,
      `{"a":[${'0,'.repeat(size / 2)}NaN]}`,
      `"${'\\u0061'.repeat(size / 6)}"`,
    ];
    for (const text of texts) {
      const startMs = performance.now();
      expect(readJson(text)).toBeUndefined();
      expect(performance.now() - startMs).toBeLessThan(100);
    }
  });
});
