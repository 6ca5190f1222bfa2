// Reading JSON from outside. A text has one meaning or none: a key said twice is read differently by different readers
// (RFC 8259 section 4), so what one side checked would not be what the other one heard.

/** Ways to a prototype, as keys; no text that is a value can hold them so spelled, for its quotes are escaped. */
const PROTOTYPE_KEYS = ['"__proto__":', '"constructor":'] as const;

/** Objects and lists in one text: `seated` with all its seats has some 1,200. Deep nests take a parser 200 ms a MiB. */
const MOST_PARTS = 4_096;

function hasMore(text: string, sign: string, limit: number): boolean {
  let at = -1;
  for (let count = 0; count <= limit; count += 1) {
    at = text.indexOf(sign, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/**
 * The value, or undefined when the text is not exactly what `JSON.stringify` writes, as both our sides do: no key twice,
 * no second spelling of a number or a letter, no space; or when it names a prototype or has more
 * parts than any message. Nothing that bad JSON throws gets out.
 */
export function readJson(text: string): unknown {
  if (PROTOTYPE_KEYS.some((key) => text.includes(key))) return undefined;
  if (hasMore(text, '{', MOST_PARTS) || hasMore(text, '[', MOST_PARTS)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
