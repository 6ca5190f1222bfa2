// What of a name is shown: people choose their own, so nothing in it may hide, reorder or overflow.

export const NAME_LIMIT = 60;

// Unassigned to any visible sign: controls, bidi marks, fillers and blanks that look like nothing.
// The joiners stay: Persian and emoji need them.
const INVISIBLE =
  /[\p{Cc}\p{Co}\p{Cs}\u115f\u1160\u2028\u2029\u2800\u3164\uffa0]|(?![\u200c\u200d])\p{Cf}/gu;
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A name fit to be shown, or the fallback when nothing visible is left. */
export function cleanName(name: string, fallback: string): string {
  const clean = name
    .slice(0, 1000)
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(STACKED_MARKS, '$1')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  const short = Array.from(clean).slice(0, NAME_LIMIT).join('').trim();
  return VISIBLE.test(short) ? short : fallback;
}

/** Text of several lines: as typed, without signs that hide or reorder it. */
export function cleanText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll('\t', '  ').replaceAll(INVISIBLE, ''))
    .join('\n');
}

const TITLES = new Set(['dr', 'prof', 'mr', 'mrs', 'ms', 'mx', 'herr', 'frau', 'sr', 'sra', 'mme']);
const FIRST_SIGN = /[\p{L}\p{N}]\p{M}*/u;

/** One or two letters that stand for a person without a picture. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\-_.,]+/u).filter((word) => FIRST_SIGN.test(word));
  const bare = words.filter((word) => !TITLES.has(word.toLowerCase()));
  const named = bare.length > 0 ? bare : words;
  const first = FIRST_SIGN.exec(named[0] ?? '')?.[0];
  if (first === undefined) return Array.from(name)[0] ?? '';
  // Scripts without capitals, such as Chinese or Arabic: one sign says enough, two may mean another word.
  const cased = first.toLowerCase() !== first.toUpperCase();
  const last = named.length > 1 ? FIRST_SIGN.exec(named.at(-1) ?? '')?.[0] : undefined;
  return (cased && last ? first + last : first).toUpperCase();
}

const TINTS = 8;

/** The token of a calm colour, always the same for the same name. */
export function tintOf(name: string): string {
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return `var(--tint-${(sum % TINTS) + 1})`;
}
