// Unique strings to be searched for afterwards: in files, in a process's memory, in
// recorded traffic. A finding names the place and never the string.
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

export function newCanary(label: string): string {
  return `canary-${label}-${randomBytes(9).toString('hex')}`;
}

/** Ways in which a text may lie in bytes: as it is, in UTF-16, in hex, and in base64 at each offset. */
export function formsOf(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const forms = [bytes, Buffer.from(text, 'utf16le'), Buffer.from(bytes.toString('hex'))];
  for (let shift = 0; shift < 3; shift += 1) {
    // Without the first and last characters, which depend on what stands around.
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const middle = shifted.slice(Math.ceil((shift * 4) / 3) + 1, -4);
    forms.push(Buffer.from(middle), Buffer.from(middle.replaceAll('+', '-').replaceAll('/', '_')));
  }
  return forms;
}

export type Canaries = ReadonlyMap<string, readonly Buffer[]>;
export const watchFor = (texts: Readonly<Record<string, string>>): Canaries =>
  new Map(Object.entries(texts).map(([label, text]) => [label, formsOf(text)]));

export function searchBytes(place: string, bytes: Buffer, canaries: Canaries): string[] {
  return [...canaries].flatMap(([label, forms]) =>
    forms.some((form) => bytes.includes(form)) ? [`${label} in ${place}`] : [],
  );
}

/** Every file below a folder; `seen` counts bytes, so that a search of nothing is noticed. */
export function searchFolder(
  folder: string,
  canaries: Canaries,
): { found: string[]; bytes: number } {
  const found: string[] = [];
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || statSync(path).size === 0) continue;
    const content = readFileSync(path);
    bytes += content.length;
    found.push(...searchBytes(path.slice(folder.length), content, canaries));
  }
  return { found, bytes };
}

const CHUNK = 8 * 1024 * 1024;
const OVERLAP = 4096;

/** Everything a process has in memory and may read: what a core dump would hold. */
export function searchMemory(pid: number, canaries: Canaries): { found: string[]; bytes: number } {
  const found = new Set<string>();
  let bytes = 0;
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(.*)$/.exec(line);
      if (match === null || /\[v(?:var|syscall)|\/dev\//.test(match[3] ?? '')) continue;
      const [from, to] = [Number(`0x${match[1]}`), Number(`0x${match[2]}`)];
      for (let at = from; at < to; at += CHUNK - OVERLAP) {
        const part = Buffer.alloc(Math.min(CHUNK, to - at));
        let read = 0;
        try {
          read = readSync(memory, part, 0, part.length, at);
        } catch {
          break; // a page that is not there
        }
        bytes += read;
        for (const one of searchBytes('memory', part.subarray(0, read), canaries)) found.add(one);
      }
    }
  } finally {
    closeSync(memory);
  }
  return { found: [...found], bytes };
}
