// An insider adds somebody whom no host admitted, through the real server, among real browsers: each of them
// says who did it, nobody follows, and the ghost hears nothing.
import { signAdmission } from '@in-camera/crypto/admission.ts';
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import { ed25519PublicKey, ed25519Sign, MlsClient } from '@in-camera/crypto/mls/index.ts';
import { attemptBytes } from '@in-camera/crypto/people.testkit.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, meet, openCast } from '../harness/cast.ts';
import { keepOnFailure } from '../harness/failure.ts';
import { flowOf, judgedBy } from '../harness/gauges.ts';
import { framesOf, type Hostile, mediaKeysOf, openHostile, record } from '../harness/hostile.ts';
import { type Insider, openInsider, opensOf } from '../harness/insider.ts';
import { sleep, until } from '../harness/person.ts';
import { admit, waitForClosed } from '../harness/steps.ts';
import { waitToHear } from '../harness/together.ts';

describe('a ghost among browsers', () => {
  let cast: Cast;
  let tap: Hostile;
  let rex: Insider;

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana' }, { name: 'Ben' }, { name: 'Mei' }]);
    const link = await meet(cast, { microphone: true });
    const ana = cast.person('Ana');
    await waitToHear(ana, [cast.person('Ben'), cast.person('Mei')]);
    rex = await openInsider(cast.house, link, 'Rex', () => admit(ana, 'Rex'));
    for (const person of cast.people) await waitForClosed(person, 4);
    tap = await openHostile(mediaKeysOf(cast.house));
  }, 300_000);
  afterAll(async () => {
    rex?.close();
    await tap?.close();
    await cast?.close();
  }, 60_000);

  const soundsOf = async () =>
    framesOf(await record(cast.house, tap, 3_000), 'microphone').slice(-150);

  test('A-01 A-97 SEC-12 PBD-4 three browsers name ghost and committer, go on without it, and it hears no tone', async ({
    task,
  }) => {
    keepOnFailure(task.id, () => cast.people);
    const { rogue } = rex;
    // The recording is good: who is a member opens it.
    expect(await opensOf(rogue.client, await soundsOf())).toBeGreaterThan(50);

    const seed = randomBytes(32);
    const leafKey = Uint8Array.from(ed25519PublicKey(seed));
    const own = rogue.admissionOf({ credential: rogue.pass.admission });
    const forged = await signAdmission(async (m) => ed25519Sign(seed, m), { ...own, leafKey });
    const ghost = new MlsClient(rogue.pass.charter.suite, seed, forged, attemptBytes(1));
    ghost.setPsk(rogue.keys.pskId, rogue.keys.pskSecret);
    const epoch = Number(rogue.client.epoch());
    const group = toBase64url(rogue.client.groupId());
    const { commit, welcome } = await rogue.make({ adds: [ghost.keyPackage()] });
    rogue.say({
      kind: 'commit',
      ref: rogue.ref(),
      group,
      epoch,
      try: rogue.slotTry,
      commit,
      added: [],
      groupInfo: null,
      removed: [],
    });
    const saidMs = performance.now();
    for (const person of cast.people) {
      await until(`${person.name} reads of it`, 10_000, async () =>
        (await person.text()).includes(text('line.refused')),
      );
    }
    expect(performance.now() - saidMs).toBeLessThan(10_000);
    expect(rex.refused).toEqual([]);
    for (const person of cast.people) {
      await person.press('button', text('trust.alarm.show'));
      await until('the dialog', 10_000, () =>
        person.sees('heading', new RegExp(text('alarm.ghost.title'))),
      );
      const said = await person.text();
      expect(said).toContain('Rex');
      expect(said).toContain(toBase64url(leafKey).slice(0, 6));
      await person.press('button', text('alarm.ok'));
    }
    for (const person of cast.people) await waitForClosed(person, 4);

    ghost.stageWelcome(welcome ?? new Uint8Array(0));
    ghost.joinStaged();
    const sounds = await soundsOf();
    expect(sounds.length).toBeGreaterThan(100);
    expect(await opensOf(ghost, sounds)).toBe(0);
    // The same sounds are still Rex's to hear, until the host removes him.
    expect(await opensOf(rogue.client, sounds)).toBeGreaterThan(50);
    await waitToHear(cast.person('Ana'), [cast.person('Ben'), cast.person('Mei')]);
    // The void went by under full media: no honest frame was called bad for it.
    for (const person of cast.people) {
      const { good, bad, replayed } = await judgedBy(person);
      expect(good).toBeGreaterThan(200);
      expect({ name: person.name, bad, replayed }).toEqual({
        name: person.name,
        bad: 0,
        replayed: 0,
      });
    }
  }, 180_000);

  test('A-42 SEC-12 who listens at the media server without being a member is named, and sending stops', async ({
    task,
  }) => {
    keepOnFailure(task.id, () => cast.people);
    // The server's own broom may be faster: then the stranger comes again, as one would.
    const isAlarmed = async (): Promise<boolean> => {
      const all = await Promise.all(cast.people.map((person) => person.text()));
      return all.every((said) => said.includes(text('alarm.media-surplus.title')));
    };
    await until('everyone reads of the stranger', 60_000, async () => {
      await tap.join({ identity: 'stranger' }).catch(() => undefined);
      await until('soon', 8_000, isAlarmed).catch(() => undefined);
      await tap.leave().catch(() => undefined);
      return isAlarmed();
    });
    for (const person of cast.people) expect(await person.text()).toContain('strang');
    const before = await Promise.all(cast.people.map((person) => flowOf(person)));
    await sleep(2_000);
    const after = await Promise.all(cast.people.map((person) => flowOf(person)));
    for (const [i, flow] of after.entries()) {
      expect(flow.sent.audio.bytes - (before[i]?.sent.audio.bytes ?? 0)).toBe(0);
    }
  }, 120_000);
});
