// The vault: MLS, long-lived keys, storage, the meeting's socket. The page gets views and events, never a key.
import { loadMls } from '@in-camera/crypto/mls/index.ts';
import type { Pass } from '@in-camera/crypto/session/pass.ts';
import * as z from 'zod/mini';
import { createMeeting } from './vault-create.ts';
import { readDoor, VaultDoor } from './vault-door.ts';
import type { VaultMeeting } from './vault-meeting.ts';
import { type VaultReport, type VaultRequest, vaultRequest } from './vault-messages.ts';
import { VaultStore } from './vault-store.ts';

// Trusted Types and a policy without eval: zod must not try to build functions.
z.config({ jitless: true });

const report = (message: VaultReport): void => self.postMessage(message);

type Opened = {
  readonly meetingId: string;
  readonly frames: MessagePort;
  readonly store: VaultStore;
  door: VaultDoor | undefined;
  meeting: VaultMeeting | undefined;
  release: (() => void) | undefined;
};
let opened: Opened | undefined;
const loaded = loadMls(fetch(new URL('../../crypto/mls/dist/mls_bg.wasm', import.meta.url)));

/** The session is the larger part of this worker, and a lobby does without. */
const loadMeeting = () => import('./vault-meeting.ts');

const LOCK_TRIES = 8;
const LOCK_EVERY_MS = 250;

/**
 * One active vault a meeting and browser profile: two would take the same attempt (F-17). Resolves false when
 * another tab holds the meeting. `steal` takes it over; the other tab then stops.
 */
async function holdLock(open: Opened, steal: boolean): Promise<boolean> {
  for (let tries = 0; tries < (steal ? 1 : LOCK_TRIES); tries++) {
    if (await tryLock(open, steal)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_EVERY_MS));
  }
  return false;
}

function tryLock(open: Opened, steal: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const held = navigator.locks.request(
      `in-camera ${open.meetingId}`,
      steal ? { steal: true } : { ifAvailable: true },
      (lock) => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise<void>((release) => {
          open.release = release;
        });
      },
    );
    held.catch(() => {
      // Stolen: the person goes on in another tab.
      open.release = undefined;
      open.meeting?.close();
      open.meeting = undefined;
      report({ kind: 'event', event: { kind: 'elsewhere' }, atMs: Date.now() });
    });
  });
}

async function open(request: Extract<VaultRequest, { kind: 'open' }>): Promise<void> {
  const { meetingId, frames } = request;
  const store = new VaultStore(meetingId);
  opened = { meetingId, frames, store, door: undefined, meeting: undefined, release: undefined };
  const kept = await store.load();
  await loaded;
  if (kept.pass) {
    // A host who has not been in yet gets the lobby; everyone else with a pass goes straight back in.
    report({ kind: 'door', as: kept.host && kept.pass.attempt === 0 ? 'host' : 'returning' });
    return;
  }
  const fragment = request.fragment ?? kept.fragment;
  if (fragment === undefined) return report({ kind: 'cannot', why: 'link-incomplete' });
  const door = await readDoor(meetingId, fragment);
  if (typeof door === 'string') return report({ kind: 'cannot', why: door });
  if (door.kind !== 'door') return report({ kind: 'cannot', why: door.kind });
  await store.keep({ fragment });
  // One after the other: a second admission must find the session that the first one opens.
  let turn = Promise.resolve();
  const inTurn = (pass: Pass): Promise<void> => {
    turn = turn.catch(() => undefined).then(() => admitted(pass));
    return turn;
  };
  opened.door = new VaultDoor(meetingId, door, { report, admitted: inTurn });
  report({ kind: 'door', as: 'stranger' });
}

async function admitted(pass: Pass): Promise<void> {
  if (opened === undefined) return;
  if (opened.meeting) {
    opened.meeting.input({ kind: 'readmitted', admission: pass.admission });
    return;
  }
  await opened.store.keep({ pass });
  report({ kind: 'admitted' });
  await enter(undefined, false);
}

async function enter(name: string | undefined, steal: boolean): Promise<void> {
  const open = opened;
  if (open === undefined || open.meeting) return;
  if (!(await holdLock(open, steal))) {
    return report({ kind: 'event', event: { kind: 'elsewhere' }, atMs: Date.now() });
  }
  const { pass, host, fragment } = steal ? await open.store.load() : open.store.kept;
  if (pass === undefined) return report({ kind: 'cannot', why: 'link-incomplete' });
  const meeting = await loadMeeting();
  open.meeting = await meeting.VaultMeeting.open({
    meetingId: open.meetingId,
    pass: name === undefined ? pass : { ...pass, name },
    host,
    store: open.store,
    frames: open.frames,
    report: (told) => {
      // Inside, nobody waits at the door any more.
      if (told.kind === 'event' && told.event.kind === 'entered') open.door?.stop();
      report(told);
    },
    ended: (forget) => void ended(open, forget),
  });
  if (host && fragment) report({ kind: 'link', fragment });
}

async function ended(open: Opened, forget: boolean): Promise<void> {
  open.door?.stop();
  open.meeting?.close();
  open.meeting = undefined;
  open.release?.();
  if (forget) await open.store.forget();
}

async function leave(open: Opened): Promise<void> {
  open.meeting?.input({ kind: 'intent', intent: { kind: 'leave' } });
  // Nothing of the meeting stays, except for the host, who may come back; at once, since people close the tab next.
  if (open.store.kept.host === undefined) await open.store.forget();
  // The goodbye has a moment to go out.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await ended(open, false);
}

async function handle(request: VaultRequest): Promise<void> {
  switch (request.kind) {
    case 'open':
      return open(request);
    case 'create':
      await loaded;
      return report(await createMeeting(request.token));
    case 'knock':
      return opened?.door?.knock(request.name);
    case 'stop-waiting':
      return opened?.door?.stop();
    case 'enter':
      return enter(request.name, false);
    case 'take-over':
      return enter(undefined, true);
    case 'participants':
      return opened?.meeting?.input({ kind: 'participants', identities: request.identities });
    case 'stop':
      return opened?.meeting?.input({ kind: 'stop', alarm: request.alarm });
    case 'intent':
      if (request.intent.kind === 'leave') return opened && leave(opened);
      return opened?.meeting?.input({ kind: 'intent', intent: tidy(request.intent) });
    case 'prepare':
      // Failing here is no harm yet: it is tried again when it is needed.
      return void loadMeeting().catch(() => undefined);
    case 'pulse':
      return report({ kind: 'pulse' });
    case 'safety-words':
      return report({
        kind: 'safety-words',
        ref: request.ref,
        words: [...((await opened?.meeting?.safetyWords()) ?? [])],
      });
  }
}

type Wanted = Extract<VaultRequest, { kind: 'intent' }>['intent'];
type Told = Parameters<VaultMeeting['input']>[0] & { kind: 'intent' };

/** Optional fields that are absent rather than undefined, as the session's types ask. */
function tidy(intent: Wanted): Told['intent'] {
  if (intent.kind !== 'state') return intent;
  const { name, hand, microphone } = intent;
  return {
    kind: 'state',
    ...(name === undefined ? {} : { name }),
    ...(hand === undefined ? {} : { hand }),
    ...(microphone === undefined ? {} : { microphone }),
  };
}

self.onmessage = (event: MessageEvent<unknown>) => {
  const request = vaultRequest.safeParse(event.data);
  if (!request.success) return;
  handle(request.data).catch(() => report({ kind: 'cannot', why: 'crashed' }));
};
report({ kind: 'ready' });
