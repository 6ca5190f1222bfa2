// Makes a meeting: keys on this device, the sealed door to the server, the host's record into the store.
import type { Bytes } from '@in-camera/crypto/bytes.ts';
import { makeMeeting } from '@in-camera/crypto/session/making.ts';
import { CreatedMeeting, type CreateMeeting } from '@in-camera/protocol/http.ts';
import { MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import type { VaultReport } from './vault-messages.ts';
import { VaultStore } from './vault-store.ts';

type Outcome = Extract<VaultReport, { kind: 'created' | 'create-failed' }>;
const failed = (code: Extract<VaultReport, { kind: 'create-failed' }>['code']): Outcome => ({
  kind: 'create-failed',
  code,
});

/** Hybrid post-quantum suite: right for meetings of up to 100 (crypto.md section 1). */
const SUITE = 0x004e;

export async function createMeeting(token: string): Promise<Outcome> {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) return failed('internal');
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (message: Bytes) =>
    new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
  const made = await makeMeeting(SUITE, publicKey, sign, LIMITS.charterBox);
  const body: CreateMeeting = {
    id: MeetingId.parse(made.id),
    charter: made.charterBox,
    hostSeat: SeatId.parse(made.hostSeat),
  };
  const answer = await post(token, body);
  if (answer !== 'created') return failed(answer);
  const store = new VaultStore(made.id);
  // Without a place to keep the keys the meeting could not be hosted after the next click.
  const kept = await store.keep({
    fragment: made.fragment,
    pass: made.pass,
    host: { record: made.record, authority: pair.privateKey },
  });
  return kept ? { kind: 'created', id: body.id, fragment: made.fragment } : failed('internal');
}

async function post(
  token: string,
  body: CreateMeeting,
): Promise<'created' | 'wrong-token' | 'unreachable' | 'too-many' | 'internal'> {
  try {
    const response = await fetch('/api/meetings', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (response.status === 401) return 'wrong-token';
    if (response.status === 429) return 'too-many';
    if (response.status !== 201) return 'internal';
    return CreatedMeeting.safeParse(await response.json()).success ? 'created' : 'internal';
  } catch {
    return 'unreachable';
  }
}
