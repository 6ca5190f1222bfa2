// When a test fails: what each person had on the screen, kept beside the builds. Addresses are taken
// out; the folder is never committed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFailed } from 'vitest';
import { flowOf, ownTracksOf } from './gauges.ts';
import { type Person, withoutAddresses } from './person.ts';
import { picturesOf } from './picture.ts';

const FOLDER = join(import.meta.dirname, '..', 'out', 'failed');

async function describe(person: Person): Promise<string> {
  const part = async (read: () => Promise<unknown>): Promise<string> => {
    try {
      const value = await read();
      return typeof value === 'string' ? value : JSON.stringify(value);
    } catch (error) {
      return String(error);
    }
  };
  const parts = [
    `# ${person.name}`,
    await part(() => person.text()),
    await part(() => picturesOf(person)),
    await part(() => ownTracksOf(person)),
    await part(() => flowOf(person)),
    JSON.stringify(person.complaints()),
  ];
  return parts.map((one) => one.split('\n').map(withoutAddresses).join('\n')).join('\n\n');
}

/** To be called first in a test. */
export function keepOnFailure(label: string, people: () => readonly (Person | undefined)[]): void {
  onTestFailed(async () => {
    mkdirSync(FOLDER, { recursive: true });
    for (const person of people()) {
      if (person === undefined) continue;
      const path = join(FOLDER, `${label}-${person.name.replace(/\W+/g, '-')}`);
      writeFileSync(`${path}.txt`, await describe(person));
      await person.screenshot(`${path}.png`).catch(() => undefined);
    }
  });
}
