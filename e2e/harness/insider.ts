// An invited member with a changed client, over the real server and without a browser: knocks, is admitted by the host
// like anybody, and then does as it likes (attacks.md, "Rogue member"). Test code only.

import { FrameOpener, readFrame } from '@in-camera/crypto/frame-cipher.ts';
import { encodeKid, FRAME_EXPORTER_LABEL, frameKeyContext } from '@in-camera/crypto/frame-keys.ts';
import { ed25519PublicKey, type MlsClient } from '@in-camera/crypto/mls/index.ts';
import type { Pass } from '@in-camera/crypto/session/pass.ts';
import type { Inbound } from '@in-camera/crypto/session/signals.ts';
import { deriveFrameKey, FrameHeader } from '@in-camera/crypto/sframe.ts';
import { signState } from '@in-camera/crypto/statements.ts';
import { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { knockFor, loadMlsHere, openSocket } from '../headless/client.ts';
import { RogueMember } from '../sim/rogue-member.ts';
import type { Recorded } from './hostile.ts';
import { until } from './person.ts';
import type { House } from './server.ts';

export interface Insider {
  readonly rogue: RogueMember;
  /** Codes of what the server refused. */
  readonly refused: readonly string[];
  close(): void;
}

/** `letIn` is the host admitting it; resolves when it stands in the tree. */
export async function openInsider(
  house: House,
  link: string,
  name: string,
  letIn: () => Promise<void>,
): Promise<Insider> {
  await loadMlsHere();
  const place = { url: house.origin, origin: house.origin };
  const [id = '', fragment = ''] = link.split('/j/')[1]?.split('#') ?? [];
  const waiting = knockFor(place, { made: { id, fragment } }, name);
  await letIn();
  const pass: Pass = await waiting;
  const socket = openSocket(place, id);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const listeners = new Map<string, (message: Inbound) => void>();
  const refused: string[] = [];
  socket.on('message', (data) => {
    const message = ServerMessage.parse(JSON.parse(String(data)));
    if (message.kind === 'refused') refused.push(message.code);
    for (const hear of listeners.values()) hear(message as Inbound);
  });
  const take = (_seat: string, message: object): boolean => {
    socket.send(JSON.stringify(message));
    return true;
  };
  const rogue = await RogueMember.with({ listeners, delivery: { take, slot: null } }, name, pass);
  await rogue.enter();
  await until(`${name} is in the tree`, 30_000, async () => rogue.client.hasGroup());
  sayName(rogue, pass, name);
  return { rogue, refused, close: () => socket.terminate() };
}

/** As every member does first, so that the others read a name and not a key. */
function sayName(rogue: RogueMember, pass: Pass, name: string): void {
  const leafKey = Uint8Array.from(ed25519PublicKey(pass.leafSeed));
  const { nameSalt } = pass;
  const state = { leafKey, version: 1, name, nameSalt, hand: false, microphone: false };
  const signed = signState(pass.leafSeed, pass.charter.meetingId, state);
  rogue.talk({ kind: 'states', states: [signed] });
}

/** How many of these sounds a client opens with the keys of the epoch it stands in. */
export async function opensOf(client: MlsClient, sounds: readonly Recorded[]): Promise<number> {
  const openers = new Map<number, FrameOpener>();
  const epoch = Number(client.epoch());
  for (const { index: leaf } of client.leaves()) {
    const parts = {
      generation: 1,
      epoch,
      try: 0,
      source: 'microphone',
      instance: 0,
      leaf,
    } as const;
    const kid = encodeKid(parts);
    const base = client.export(FRAME_EXPORTER_LABEL, frameKeyContext(0, leaf, 'microphone'), 32);
    openers.set(kid, new FrameOpener(await deriveFrameKey(base, kid, 'decrypt')));
  }
  let opened = 0;
  for (const { data } of sounds) {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    const header = new FrameHeader();
    if (!readFrame('opus', bytes, header)) continue;
    // Whatever the frame says about itself, every key is tried.
    for (const opener of openers.values()) {
      const got = await opener.open('opus', bytes.slice(), header).catch(() => undefined);
      if (got !== undefined) opened++;
    }
  }
  return opened;
}
