import { pbkdf2Sync } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { describe, expect, it } from 'vitest';
import { utf8 } from './bytes.ts';
import { SAFETY_WORD_ITERATIONS, type SafetyWordsInput, safetyWords } from './safety-words.ts';

const input: SafetyWordsInput = {
  charterHash: new Uint8Array(32).fill(1),
  groupId: new Uint8Array(16).fill(2),
  epoch: 3n,
  epochAuthenticator: new Uint8Array(48).fill(4),
  leafKeys: [new Uint8Array(32).fill(6), new Uint8Array(32).fill(5)],
};

describe('A-26 safety words', () => {
  it('A-26 SEC-5 six words of 2,048, as another implementation computes them', async () => {
    const words = await safetyWords(input);
    const part = (bytes: Uint8Array) =>
      Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 255), bytes]);
    const label = utf8('in-camera safety words 1');
    const encoded = Buffer.concat([
      part(label),
      part(input.charterHash),
      part(input.groupId),
      Buffer.of(0, 0, 0, 0, 0, 0, 0, 3),
      part(input.epochAuthenticator),
      Buffer.of(0, 0, 0, 2),
      part(new Uint8Array(32).fill(5)),
      part(new Uint8Array(32).fill(6)),
    ]);
    const bits = [...pbkdf2Sync(encoded, label, SAFETY_WORD_ITERATIONS, 64, 'sha512')]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
    const expected = [0, 1, 2, 3, 4, 5].map(
      (i) => wordlist[Number.parseInt(bits.slice(i * 11, i * 11 + 11), 2)],
    );
    expect(wordlist).toHaveLength(2_048);
    expect(words).toEqual(expected);
  });

  it('A-26 SEC-5 the order of leaves does not matter, every other part does', async () => {
    const words = (await safetyWords(input)).join(' ');
    expect(
      (await safetyWords({ ...input, leafKeys: [...input.leafKeys].reverse() })).join(' '),
    ).toBe(words);
    const others: SafetyWordsInput[] = [
      { ...input, charterHash: new Uint8Array(32) },
      { ...input, groupId: new Uint8Array(16) },
      { ...input, epoch: 4n },
      { ...input, epochAuthenticator: new Uint8Array(48) },
      { ...input, leafKeys: input.leafKeys.slice(1) },
      { ...input, groupId: new Uint8Array(17).fill(2) },
    ];
    const read = await Promise.all(
      others.map(async (other) => (await safetyWords(other)).join(' ')),
    );
    expect(new Set([words, ...read]).size).toBe(7);
  });
});
