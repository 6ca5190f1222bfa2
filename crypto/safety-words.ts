// The six words that people compare by voice. They are derived here and nowhere else; they are
// no key and open nothing.
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { ByteWriter, compareBytes, utf8 } from './bytes.ts';

/**
 * Whoever wants two halves of a split meeting to read the same words must find two inputs with
 * the same 66 bits: about 2^33 tries by birthday, each of this many HMACs, while both halves
 * wait. 210,000 make that some 2^52 SHA-512 blocks, days of a large graphics card, for a check
 * which costs the person comparing a fifth of a second on a laptop, once per epoch looked at.
 */
export const SAFETY_WORD_ITERATIONS = 210_000;
export const SAFETY_WORD_COUNT = 6;

const BITS_PER_WORD = 11;
const LABEL = 'in-camera safety words 1';

export interface SafetyWordsInput {
  readonly charterHash: Uint8Array;
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  readonly epochAuthenticator: Uint8Array;
  /** Signature keys of all leaves, in any order. */
  readonly leafKeys: readonly Uint8Array[];
}

export async function safetyWords(input: SafetyWordsInput): Promise<readonly string[]> {
  const base = await crypto.subtle.importKey('raw', encode(input), 'PBKDF2', false, ['deriveBits']);
  const params = {
    name: 'PBKDF2' as const,
    hash: 'SHA-512',
    salt: utf8(LABEL),
    iterations: SAFETY_WORD_ITERATIONS,
  };
  // One whole block: PBKDF2 pays per block, so asking for more than 512 bits would help nobody.
  const bits = new Uint8Array(await crypto.subtle.deriveBits(params, base, 512));
  return wordsOf(bits);
}

/** Lengths stand before every part, so no two different meetings have one encoding. */
function encode(input: SafetyWordsInput) {
  const writer = new ByteWriter().text16(LABEL).bytes16(input.charterHash).bytes16(input.groupId);
  writer.u64(input.epoch).bytes16(input.epochAuthenticator).u32(input.leafKeys.length);
  for (const key of [...input.leafKeys].sort(compareBytes)) writer.bytes16(key);
  return writer.finish();
}

function wordsOf(bytes: Uint8Array): readonly string[] {
  const words: string[] = [];
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    if (heldBits < BITS_PER_WORD) continue;
    heldBits -= BITS_PER_WORD;
    words.push(wordlist[held >>> heldBits] ?? '');
    held &= (1 << heldBits) - 1;
    if (words.length === SAFETY_WORD_COUNT) break;
  }
  return words;
}
