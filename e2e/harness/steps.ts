// What people do in the product, one function a step, by the words and roles they see. Must reach
// into nothing: a step that a person could not do is no step.
import { text } from '../../web/i18n/i18n.ts';
import { type Person, until } from './person.ts';
import type { House } from './server.ts';

export type Devices = { readonly microphone?: boolean; readonly camera?: boolean };
const BOTH: Devices = { microphone: true, camera: true };

/** Start page to link; the host is in front of the lobby afterwards. */
export async function makeLink(host: Person, house: House): Promise<string> {
  await host.goto(house.startAddress());
  await host.press('button', text('start.button'));
  return until('the link is shown', 30_000, async () => {
    const shown = await host.evaluate(
      () => document.querySelector<HTMLInputElement>('input[readonly]')?.value ?? '',
      undefined,
    );
    return shown.includes('#') && shown;
  });
}

/** Name and devices, before knocking. */
export async function enterLobby(person: Person, devices: Devices): Promise<void> {
  await until('the lobby', 30_000, () => person.sees('textbox', text('lobby.name')));
  await person.fill(text('lobby.name'), person.name);
  if (devices.microphone) await person.press('switch', text('device.microphone'));
  if (devices.camera) await person.press('switch', text('device.camera'));
}

/** The waiting room has a Leave button too; only the meeting has the trust line. */
export const isInMeeting = (person: Person): Promise<boolean> =>
  person.evaluate(() => document.querySelector('[data-trust]') !== null, undefined);

export async function waitForMeeting(person: Person, timeoutMs = 30_000): Promise<void> {
  await until(`${person.name} is in the meeting`, timeoutMs, () => isInMeeting(person));
}

/** From the link page: opens the lobby, prepares, opens the meeting. */
export async function openMeeting(host: Person, devices = BOTH): Promise<void> {
  await host.press('button', text('link.open'));
  await until('the lobby of the host', 30_000, () =>
    host.sees('heading', text('lobby.title.host')),
  );
  await enterLobby(host, devices);
  await host.press('button', text('lobby.enter'));
  await waitForMeeting(host);
}

export async function knock(person: Person, link: string, devices = BOTH): Promise<void> {
  await person.goto(link);
  await enterLobby(person, devices);
  await person.press('button', text('lobby.knock'));
}

/** Several knocks at once are a list that is opened first; one may come while we press. */
export async function admit(host: Person, name: string): Promise<void> {
  const button = text('knock.admit.name', { name });
  await until(`${name} is at the door and let in`, 90_000, async () => {
    if (await host.sees('button', button)) {
      await host.press('button', button, 8_000);
      return true;
    }
    if (await host.sees('button', text('knock.show'))) {
      await host.press('button', text('knock.show'), 8_000);
    }
    return false;
  });
}

export async function bringIn(
  host: Person,
  guest: Person,
  link: string,
  devices = BOTH,
): Promise<void> {
  await knock(guest, link, devices);
  await admit(host, guest.name);
  await waitForMeeting(guest);
}

/** The sentence at the top left. */
export const isClosed = (person: Person, people: number): Promise<boolean> =>
  person.sees('button', text('trust.closed', { people }));

export async function waitForClosed(
  person: Person,
  people: number,
  timeoutMs = 30_000,
): Promise<void> {
  const what = `${person.name} reads that ${people} are here and nobody else`;
  await until(what, timeoutMs, () => isClosed(person, people));
}

export async function leave(person: Person): Promise<void> {
  await person.press('button', text('bar.leave'));
  if (await person.sees('menuitem', new RegExp(text('leave.host.leave')))) {
    await person.press('menuitem', new RegExp(text('leave.host.leave')));
  }
  await until(`${person.name} has left`, 15_000, () => person.sees('heading', text('left.title')));
}

async function openChat(person: Person): Promise<void> {
  if (await person.sees('textbox', text('chat.label'))) return;
  await person.press('button', /^Chat/);
}

export async function write(person: Person, words: string): Promise<void> {
  await openChat(person);
  await person.fill(text('chat.label'), words);
  await person.press('button', text('chat.send'));
}

export async function waitForChat(
  person: Person,
  words: string,
  timeoutMs = 15_000,
): Promise<void> {
  await openChat(person);
  await until(`${person.name} reads the chat`, timeoutMs, async () =>
    (await person.text()).includes(words),
  );
}

/** From the list of people: removal with its question. */
export async function remove(host: Person, name: string): Promise<void> {
  if (!(await host.sees('button', text('people.menu', { name })))) {
    await host.press('button', /^People/);
  }
  await host.press('button', text('people.menu', { name }));
  await host.press('menuitem', new RegExp(`^${text('people.remove')}`));
  await host.press('button', text('people.remove.yes'));
}

export async function askToMute(host: Person, name: string): Promise<void> {
  if (!(await host.sees('button', text('people.menu', { name })))) {
    await host.press('button', /^People/);
  }
  await host.press('button', text('people.menu', { name }));
  await host.press('menuitem', new RegExp(`^${text('people.mute')}`));
}

/** The six words: equal for all who are in the same group and epoch, and for nobody else. */
export async function wordsOf(person: Person, people: number): Promise<string> {
  await person.press('button', new RegExp(text('trust.closed', { people })));
  await person.press('button', text('words.show'));
  const words = await until(`${person.name} has words`, 30_000, () =>
    person.evaluate((label) => {
      const list = document.querySelector(`[aria-label="${label}"]`);
      return list?.textContent ?? undefined;
    }, text('words.list')),
  );
  await person.press('button', text('dialog.close'));
  return words;
}

/** After a return everything is off; a browser may keep sound back until a press. */
export async function turnBothOn(person: Person): Promise<void> {
  await person.press('button', new RegExp(`^${text('bar.unmute')}`));
  await person.press('button', new RegExp(`^${text('bar.camera.start')}`));
  if (await person.sees('button', text('line.sound.on'))) {
    await person.press('button', text('line.sound.on'));
  }
}

/** The alarm stands only until the app is back, which takes less than half a second; then a line says so. */
export async function waitForExplained(person: Person, timeoutMs: number): Promise<void> {
  await until(`it is explained to ${person.name}`, timeoutMs, async () => {
    const said = await person.text();
    return said.includes(text('alarm.worker-died.title')) || said.includes(text('line.recovered'));
  });
}

/** The app comes back by itself; what had happened can still be read. */
export async function closeAlarm(person: Person): Promise<void> {
  await until(`${person.name} is back by itself`, 60_000, async () =>
    (await person.text()).includes(text('line.recovered')),
  );
  await waitForMeeting(person);
  await person.press('button', text('trust.alarm.show'));
  await until('it can be read', 10_000, () =>
    person.sees('heading', new RegExp(text('alarm.worker-died.title'))),
  );
  await person.press('button', text('alarm.ok'));
  // Gone, so that it is not taken for the word of a later return.
  await until('the line is gone', 15_000, async () => {
    if (!(await person.text()).includes(text('line.recovered'))) return true;
    await person.press('button', text('notice.dismiss'));
    return false;
  });
}
