// Bad commits take the slot: told, voided, and the next Add works; whatever insiders put behind them.
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import type { Outbound } from '@in-camera/crypto/session/signals.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarms, alarmsOf, eventKinds, expectTogether, personOf, viewOf } from './looking.ts';
import { loadMlsHere } from './meeting.ts';
import { HONEST, keyOf, lastItem, withRogue, withRogues } from './rogue-scene.ts';

beforeAll(loadMlsHere);

describe('A-10 the slot', () => {
  it.each([1, 40, 3000])(
    'A-10 SEC-16 %i random bytes take it: voided, the next Add works',
    async (n) => {
      const { sim, rogue } = await withRogue();
      rogue.postBytes(randomBytes(n));
      await sim.run(1000);
      expect(lastItem(sim)?.kind).toBe('void');
      for (const name of HONEST)
        expect(alarmsOf(sim, name)).toMatchObject([
          { code: 'commit-garbage', stopped: false, by: keyOf(rogue) },
        ]);
      expect(sim.delivery.seats.get(rogue.seat)?.mayCommit).toBe(false);
      rogue.postBytes(randomBytes(n));
      await rogue.commit({ forcePath: true });
      await sim.bring('tom');
      expectTogether(sim, [...HONEST, 'tom'], 1);
      expect(sim.delivery.log.filter((item) => item.kind === 'void').length).toBe(1);
    },
  );

  it('A-10 well-formed bad commits: expelling, another context, a stolen rejoin, all voided', async () => {
    const kinds = ['expels', 'context', 'flips'] as const;
    for (const kind of kinds) {
      const { sim, rogue } = await withRogue();
      const ben = rogue.leafOf(personOf(sim, 'ben'));
      if (kind === 'expels')
        await rogue.commit({
          removes: [ben.index],
          context: { ...rogue.context(), era: rogue.context().era + 1 },
        });
      if (kind === 'context')
        await rogue.commit({
          context: { ...rogue.context(), policy: { ...rogue.context().policy, strict: true } },
        });
      if (kind === 'flips') {
        const { commit } = await rogue.make({ forcePath: true });
        const bytes = fromBase64url(commit);
        bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
        rogue.postBytes(bytes);
        rogue.client.clearPending();
      }
      await sim.run(1000);
      expect(lastItem(sim)?.kind, kind).toBe('void');
      for (const name of HONEST) {
        expect(alarmsOf(sim, name).length, kind).toBe(1);
        expect(alarmsOf(sim, name)[0]?.by).toBe(keyOf(rogue));
        expect(viewOf(sim, name).people.length).toBe(4);
      }
      await sim.bring('tom');
      expectTogether(sim, [...HONEST, 'tom'], 1);
    }
  });

  it('A-10 seat changes that would remove the host: the server takes none from a guest', async () => {
    const { sim, rogue } = await withRogue();
    const host = sim.actor('host').seat;
    rogue.postBytes(randomBytes(40), [host]);
    await sim.run(500);
    expect(lastItem(sim)?.kind).toBe('commit');
    expect(sim.delivery.seats.get(host)?.seated).toBe(true);
    expect(alarms(sim)).toEqual([]);
    // A server that takes them: nobody follows, and it ends loudly.
    const { slot } = sim.delivery;
    if (slot === null) throw new Error('no slot');
    sim.delivery.place({
      seq: 0,
      kind: 'commit',
      from: rogue.seat,
      group: slot.group,
      epoch: slot.epoch,
      try: slot.try,
      commit: toBase64url(randomBytes(40)),
      added: [],
      removed: [host],
    });
    await sim.run(4000);
    for (const name of HONEST) {
      expect(alarmsOf(sim, name)[0]?.code).toBe('commit-garbage');
      expect(eventKinds(sim, name)).not.toContain('removed');
    }
    expectTogether(sim, HONEST);
    expect(viewOf(sim, 'host').generation).toBe(2);
  });

  it('A-10 two insiders, one commit behind the other so that no void counts: bound 5 s', async () => {
    const { sim, rogues } = await withRogues('rex', 'rob');
    const [rex, rob] = rogues;
    rex!.postBytes(randomBytes(50));
    rob!.postBytes(randomBytes(50));
    expect(sim.delivery.log.slice(-2).map((item) => item.kind)).toEqual(['commit', 'commit']);
    await sim.run(5000);
    for (const name of HONEST) {
      expect(alarmsOf(sim, name).map((one) => one.code)).not.toContain('fork');
      expect(alarmsOf(sim, name)[0]).toMatchObject({ code: 'commit-garbage', by: keyOf(rex!) });
    }
    expectTogether(sim, HONEST);
    await sim.bring('tom');
    expectTogether(sim, [...HONEST, 'tom']);
  });

  it('A-10 a bad commit of a guest while the host is cut off: told, paused, voided when it is back', async () => {
    const { sim, rogue } = await withRogue();
    await sim.disconnect('host');
    rogue.postBytes(randomBytes(50));
    await sim.run(2500);
    for (const name of ['ben', 'mei']) {
      expect(viewOf(sim, name).gateOpen).toBe(false);
      expect(viewOf(sim, name).stopped).toBe('commit-garbage');
    }
    await sim.connect('host');
    await sim.run(15_000);
    expectTogether(sim, HONEST, viewOf(sim, 'host').people.length - 3);
  });

  it('A-10 F-15 a void lost with the socket of its sender is sent again', async () => {
    const { sim, rogue } = await withRogue();
    let lost = 0;
    sim.tamperOut = (_seat, message) => {
      if (message.kind !== 'void' || lost++ > 0) return message;
      return undefined;
    };
    rogue.postBytes(randomBytes(50));
    await sim.run(600);
    await sim.disconnect('host');
    await sim.run(200);
    await sim.connect('host');
    await sim.run(1500);
    expect(lost).toBeGreaterThan(1);
    expect(lastItem(sim)?.kind).toBe('void');
    expectTogether(sim, HONEST, 1);
  });

  it('A-10 a void that comes after 2 s lifts the pause again', async () => {
    const { sim, rogue } = await withRogue();
    const held: Outbound[] = [];
    const { seat } = sim.actor('host');
    sim.tamperOut = (_seat, message) => {
      if (message.kind !== 'void') return message;
      held.push(message);
      return undefined;
    };
    rogue.postBytes(randomBytes(50));
    await sim.run(3500);
    expect(HONEST.map((name) => viewOf(sim, name).gateOpen)).toEqual([false, false, false]);
    sim.tamperOut = (_seat, message) => message;
    const [first] = held;
    if (first === undefined) throw new Error('no void');
    sim.delivery.take(seat, first);
    await sim.run(500);
    expectTogether(sim, HONEST, 1);
  });
});
