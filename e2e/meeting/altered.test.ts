// The server shows another door under the id of the meeting, made by an authority of its own; here it even knows the
// link's secret, which no server does. The browser stops before anything is said, asked for or sent.
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { encodeDoor, KNOCK_KEY_PLACES } from '@in-camera/crypto/charter.ts';
import { deriveLinkKeys, parseFragment, sealDoor } from '@in-camera/crypto/link.ts';
import { ed25519PublicKey, ed25519Sign, hpkeGenerate } from '@in-camera/crypto/mls/index.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import { capturesOf, flowOf } from '../harness/gauges.ts';
import { sleep, until } from '../harness/person.ts';
import { makeLink, openMeeting } from '../harness/steps.ts';
import { loadMlsHere } from '../headless/client.ts';

const SUITE = 0x004e;

/** A door for the same meeting id and link secret, signed by somebody else. */
async function foreignDoor(link: string): Promise<string> {
  const [id = '', fragment = ''] = link.split('/j/')[1]?.split('#') ?? [];
  const read = parseFragment(fragment);
  if (read === undefined) throw new TypeError('no link');
  const meetingId = fromBase64url(id);
  const seed = randomBytes(32);
  const authorityKey = Uint8Array.from(ed25519PublicKey(seed));
  const keys = Array.from({ length: KNOCK_KEY_PLACES }, () => hpkeGenerate(SUITE).publicKey);
  const charter = { suite: SUITE, meetingId, authorityKey } as const;
  const door = await encodeDoor(charter, { version: 0, keys }, async (m) => ed25519Sign(seed, m));
  const { charterKey } = await deriveLinkKeys(read.linkSecret, meetingId, 0);
  return toBase64url(await sealDoor(charterKey, meetingId, door, LIMITS.charterBox));
}

describe('another door under the same id', () => {
  let cast: Cast;
  let link = '';

  beforeAll(async () => {
    await loadMlsHere();
    cast = await openCast([{ name: 'Ana' }, { name: 'Ben' }]);
    link = await makeLink(cast.person('Ana'), cast.house);
    await openMeeting(cast.person('Ana'), {});
  }, 300_000);
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test('A-03 SEC-5 the server shows another authority: the lobby stops and says so, nothing is asked for or sent', async () => {
    const ben = cast.person('Ben');
    const charter = await foreignDoor(link);
    let served = 0;
    await ben.page.route(/\/api\/meetings\/[\w-]+$/, async (route) => {
      served++;
      await route.fulfill({ json: { charter } });
    });
    await ben.goto(link);
    await until('it is said', 30_000, () => ben.sees('heading', text('cannot.link-altered.title')));
    await sleep(1_000);
    expect(served).toBeGreaterThan(0);
    expect(await ben.sees('button', text('lobby.knock'))).toBe(false);
    expect(ben.road.tunnels().opened).toBe(0);
    expect(await capturesOf(ben)).toEqual([]);
    expect((await flowOf(ben)).open).toBe(0);
    expect((await cast.person('Ana').text()).includes(text('knock.said', { name: 'Ben' }))).toBe(
      false,
    );
    // With the meeting's own door the same link leads to the lobby.
    await ben.page.unroute(/\/api\/meetings\/[\w-]+$/);
    await ben.goto('about:blank');
    await ben.goto(link);
    await until('the lobby', 30_000, () => ben.sees('button', text('lobby.knock')));
  }, 90_000);
});
