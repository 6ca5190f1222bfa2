// Three honest people and some rogues among them: where most attacks by insiders start.
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import { ed25519PublicKey } from '@in-camera/crypto/mls/index.ts';
import { SimMeeting } from './meeting.ts';
import { RogueMember } from './rogue-member.ts';

export const HONEST: readonly string[] = ['host', 'ben', 'mei'];
/** The person, as alarms name it. */
export const keyOf = (rogue: RogueMember): string =>
  toBase64url(ed25519PublicKey(rogue.pass.leafSeed));

export async function withRogues(...names: readonly string[]) {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei');
  const rogues: RogueMember[] = [];
  for (const name of names) rogues.push(await RogueMember.join(sim, name));
  return { sim, rogues };
}

export async function withRogue(): Promise<{ sim: SimMeeting; rogue: RogueMember }> {
  const { sim, rogues } = await withRogues('rex');
  const [rogue] = rogues;
  if (rogue === undefined) throw new Error('no rogue');
  return { sim, rogue };
}

/** The last opening, commit or void of the sequence. */
export const lastItem = (sim: SimMeeting) =>
  sim.delivery.log.findLast((item) => item.kind !== 'message');
