// A house and the people of one test file, in Chromium, the first of them the host. Ends all of them.
import { type ChromiumOptions, type ChromiumPerson, openChromium } from './chromium.ts';
import { type House, type HouseOptions, openHouse } from './server.ts';
import { bringIn, type Devices, makeLink, openMeeting, waitForClosed } from './steps.ts';

export type Part = Omit<ChromiumOptions, 'host' | 'id'> & { readonly id?: number };

export interface Cast {
  readonly house: House;
  readonly people: readonly ChromiumPerson[];
  person(name: string): ChromiumPerson;
  close(): Promise<void>;
}

export async function openCast(parts: readonly Part[], options?: HouseOptions): Promise<Cast> {
  const house = await openHouse(options);
  const people: ChromiumPerson[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(people.map((one) => one.close()));
    await house.close();
  };
  try {
    for (const [i, part] of parts.entries()) {
      people.push(await openChromium({ id: 1 + i * 4, ...part, host: house.host }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    house,
    people,
    person(name) {
      const found = people.find((one) => one.name === name);
      if (found === undefined) throw new TypeError(`nobody is called ${name}`);
      return found;
    },
    close,
  };
}

/** The first person's meeting, with all others brought in one after the other; gives the link. */
export async function meet(cast: Cast, devices?: Devices): Promise<string> {
  const [host, ...guests] = cast.people;
  if (host === undefined) throw new TypeError('nobody is there');
  const link = await makeLink(host, cast.house);
  await openMeeting(host, devices);
  for (const guest of guests) await bringIn(host, guest, link, devices);
  for (const person of cast.people) await waitForClosed(person, cast.people.length);
  return link;
}
