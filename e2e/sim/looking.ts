// What a test may see of a simulated meeting: keys, people, events, alarms.
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import { encodeKid } from '@in-camera/crypto/frame-keys.ts';
import type { AlarmCode, Effect, SessionEvent } from '@in-camera/crypto/session/signals.ts';
import type { SessionView } from '@in-camera/crypto/session/view.ts';
import { expect } from 'vitest';
import type { SimMeeting } from './meeting.ts';

export type Alarm = Extract<Effect, { kind: 'alarm' }>;

export const lastKeys = (sim: SimMeeting, name: string) => sim.actor(name).keys.at(-1);

/** The frame keys of the present epoch as text, equal exactly when two people can hear each other. */
export const secretsOf = (sim: SimMeeting, name: string): string =>
  JSON.stringify(
    lastKeys(sim, name)?.senders.map((one) => [
      one.leaf,
      one.source,
      Buffer.from(one.secret).toString('hex'),
    ]),
  );

export const events = (sim: SimMeeting, name: string): SessionEvent[] =>
  sim.actor(name).effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : []));

export const eventKinds = (sim: SimMeeting, name: string): string[] =>
  events(sim, name).map((event) => event.kind);

export const alarmsOf = (sim: SimMeeting, name: string): Alarm[] =>
  sim.actor(name).effects.filter((effect) => effect.kind === 'alarm');

export const alarms = (sim: SimMeeting): Alarm[] =>
  [...sim.actors.keys()].flatMap((name) => alarmsOf(sim, name));

export const viewOf = (sim: SimMeeting, name: string): SessionView =>
  sim.actor(name).session.view();

export function personOf(sim: SimMeeting, name: string): string {
  const own = viewOf(sim, name).people.find((one) => one.you);
  if (own === undefined) throw new Error(`${name} is in no group`);
  return own.person;
}

/** These people, and `others` that no session sits on: same keys, same list, everyone may send. */
export function expectTogether(sim: SimMeeting, names: readonly string[], others = 0): void {
  const [first, ...rest] = names;
  for (const name of rest) expect(secretsOf(sim, name), name).toBe(secretsOf(sim, first ?? ''));
  for (const name of names) {
    const view = viewOf(sim, name);
    expect(view.people.length, name).toBe(names.length + others);
    expect(view.gateOpen, name).toBe(true);
    expect(view.stopped, name).toBeUndefined();
  }
}

/** As above, and nobody was ever alarmed. */
export function expectQuiet(sim: SimMeeting, names: readonly string[]): void {
  expectTogether(sim, names);
  expect(alarms(sim)).toEqual([]);
}

export const chatsHeard = (sim: SimMeeting, name: string): string[] =>
  events(sim, name).flatMap((event) => (event.kind === 'chat' ? [event.text] : []));

export const stoppedBy = (sim: SimMeeting, name: string): AlarmCode | undefined =>
  viewOf(sim, name).stopped;

/** Everyone of all sessions ever: a key identifier belongs to one secret, a secret to one place. */
export function expectKidsOnce(sim: SimMeeting): void {
  const secretOfKid = new Map<string, string>();
  const kidOfSecret = new Map<string, string>();
  for (const actor of sim.actors.values())
    for (const keys of actor.keys)
      for (const { leaf, source, secret } of keys.senders) {
        const { generation, epoch } = keys;
        const kid = encodeKid({ source, instance: 0, generation, leaf, try: keys.try, epoch });
        const name = `${keys.group} ${kid}`;
        const text = toBase64url(secret);
        expect(secretOfKid.get(name) ?? text).toBe(text);
        expect(kidOfSecret.get(text) ?? name).toBe(name);
        secretOfKid.set(name, text);
        kidOfSecret.set(text, name);
      }
}
