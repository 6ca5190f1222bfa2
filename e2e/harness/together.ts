// Whether people really see and hear each other: by the content of decoded pictures and sound, tile
// by tile, in every direction. Must not take a label's or a counter's word for it.
import { FIREFOX_TONE_HZ } from './firefox.ts';
import { type Person, until } from './person.ts';
import { moved, type Picture, picturesOf } from './picture.ts';
import { hasTone, hear } from './tone.ts';

const toneOf = (person: Person): number => person.look?.toneHz ?? FIREFOX_TONE_HZ;
const showsOf = (person: Person): number | 'firefox' => person.look?.id ?? 'firefox';

const nameOn = (label: string): string => label.split(',')[0] ?? '';

/** The picture on one person's tile as another sees it. */
export async function tileOf(
  viewer: Person,
  name: string,
  kind: 'camera' | 'screen' = 'camera',
): Promise<Picture | undefined> {
  const pictures = await picturesOf(viewer);
  return pictures.find((one) => one.tile === kind && nameOn(one.label) === name);
}

/** The tile of `name` shows the moving picture of `of`. */
export async function waitToSee(
  viewer: Person,
  of: Person,
  timeoutMs = 30_000,
  shows: Picture['shows'] = showsOf(of),
): Promise<void> {
  let first: Picture | undefined;
  await until(`${viewer.name} sees ${of.name} move`, timeoutMs, async () => {
    const now = await tileOf(viewer, of.name);
    if (now === undefined || now.shows !== shows) {
      first = undefined;
      return false;
    }
    const before = first;
    first ??= now;
    return before !== undefined && moved(before, now);
  });
}

export async function waitToHear(
  viewer: Person,
  others: readonly Person[],
  timeoutMs = 30_000,
): Promise<void> {
  const names = others.map((one) => one.name).join(', ');
  const wanted = others.map(toneOf);
  await until(`${viewer.name} hears ${names}`, timeoutMs, async () => {
    const heard = await hear(viewer);
    return wanted.every((hz) => hasTone(heard, hz));
  });
}

/** Of these people, whom does one hear? */
export async function heardOf(
  viewer: Person,
  people: readonly Person[],
): Promise<readonly string[]> {
  const heard = await hear(viewer);
  return people.filter((one) => hasTone(heard, toneOf(one))).map((one) => one.name);
}

/** All see and hear all others, and nobody sees or hears someone twice or a stranger. */
export async function expectTogether(people: readonly Person[], timeoutMs = 40_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  const left = (): number => Math.max(2_000, end - performance.now());
  for (const viewer of people) {
    const others = people.filter((one) => one !== viewer);
    for (const other of others) await waitToSee(viewer, other, left());
    await waitToHear(viewer, others, left());
    const seen = (await picturesOf(viewer)).filter((one) => one.tile === 'camera');
    for (const picture of seen) {
      const owner = people.find((one) => one.name === nameOn(picture.label));
      if (owner !== undefined && picture.shows !== showsOf(owner) && picture.shows !== 'unknown') {
        throw new Error(
          `${viewer.name} sees ${String(picture.shows)} on the tile of ${owner.name}`,
        );
      }
    }
  }
}
