// When committers hear of work: at once, collected, again when nobody took it; and that no work is ever lost.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  gather,
  hashOfBox,
  type Meeting,
  newChair,
  nextEpoch,
  type RawSocket,
  randomBox,
  sit,
} from '../testkit-client.ts';
import { createJobKeeper } from './jobs.ts';

describe('the keeper of jobs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(outcome: () => boolean = () => true) {
    const atMs: number[] = [];
    const startMs = performance.now();
    const failures: unknown[] = [];
    const keeper = createJobKeeper(
      async () => {
        atMs.push(performance.now() - startMs);
        return outcome();
      },
      (error) => void failures.push(error),
    );
    return { keeper, atMs, failures };
  }

  it('announces the first package at once and those behind it together, 300 ms later', async () => {
    const { keeper, atMs } = watched();
    keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(50);
    for (let n = 0; n < 20; n += 1) {
      keeper.handlePackage();
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(atMs).toEqual([0, 350]);
  });

  it('collects leavers for half a second, but never holds a package back for them', async () => {
    const leavers = watched();
    leavers.keeper.handleLeaver();
    await vi.advanceTimersByTimeAsync(200);
    leavers.keeper.handleLeaver();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(leavers.atMs).toEqual([500]);
    const both = watched();
    both.keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(0);
    both.keeper.handleLeaver();
    await vi.advanceTimersByTimeAsync(100);
    both.keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(both.atMs).toEqual([0, 400]);
  });

  it('F-15 announces again, less and less often, while nobody commits, and stops when told', async () => {
    const { keeper, atMs } = watched();
    keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(atMs).toEqual([0, 5_000, 15_000, 35_000, 75_000, 135_000, 195_000]);
    keeper.stop();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(atMs).toHaveLength(7);
  });

  it('stays silent without work, and survives a failing announcement', async () => {
    const idle = watched(() => false);
    idle.keeper.handleSettled();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(idle.atMs).toHaveLength(1);
    const broken = watched(() => {
      throw new Error('disk');
    });
    broken.keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(10);
    broken.keeper.handlePackage();
    await vi.advanceTimersByTimeAsync(10);
    expect([broken.atMs.length, broken.failures.length]).toEqual([2, 2]);
  });
});

describe('jobs over sockets', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(async () => {
    expect(server.failures).toEqual([]);
    await server.stop();
  });

  async function newcomer(meeting: Meeting, host: RawSocket) {
    const chair = newChair();
    await host.ask({ kind: 'register', seat: chair.seat });
    const raw = await sit(server, meeting, chair);
    const box = randomBox(40);
    await raw.ask({ kind: 'package', box });
    return { chair, raw, box };
  }

  it('reach every seat that may commit, name who is online, and no newcomer', async () => {
    const { meeting, host, guests } = await gather(server, 2);
    await guests[1]!.raw.terminate();
    await host.raw.hear(
      'seat',
      ({ view }) => view.seat === guests[1]!.chair.seat && !view.online && view.seated,
    );
    const { chair, raw, box } = await newcomer(meeting, host.raw);
    const seen = (m: { packages: readonly { seat: string }[] }) =>
      m.packages.some(({ seat }) => seat === chair.seat);
    const job = await host.raw.hear('job', seen);
    expect(job.packages).toEqual([{ seat: chair.seat, box }]);
    expect(job.online.toSorted()).toEqual([host.chair.seat, guests[0]!.chair.seat].toSorted());
    expect(await guests[0]!.raw.hear('job', seen)).toEqual(job);
    expect(raw.all('job')).toEqual([]);
  });

  it('F-15 the committer vanishes: the same work is there for the next one, also for one who sits down then', async () => {
    const { meeting, host, guests, slot } = await gather(server, 2);
    const { chair } = await newcomer(meeting, host.raw);
    await host.raw.hear('job', ({ packages }) => packages.some(({ seat }) => seat === chair.seat));
    await Promise.all([
      host.raw.terminate(),
      guests[0]!.raw.terminate(),
      guests[1]!.raw.terminate(),
    ]);
    const back = await sit(server, meeting, guests[1]!.chair, 2);
    const job = await back.hear('job');
    expect(job.packages.map(({ seat }) => seat)).toEqual([chair.seat]);
    expect(job.online).toEqual([guests[1]!.chair.seat]);
    expect((await back.ask(commitOf(slot, [chair.seat]))).kind).toBe('reply');
  });

  it('keep a package until its seat is added, whatever else is committed', async () => {
    const { meeting, host, slot } = await gather(server, 1);
    const first = await newcomer(meeting, host.raw);
    const second = await newcomer(meeting, host.raw);
    const following = host.raw.next('job', ({ packages }) => packages.length === 1);
    await host.raw.ask(commitOf(slot, [first.chair.seat]));
    const job = await following;
    expect(job.packages).toEqual([{ seat: second.chair.seat, box: second.box }]);
    const replaced = randomBox(41);
    await second.raw.ask({ kind: 'package', box: replaced });
    const newer = await host.raw.hear('job', ({ packages }) => packages[0]?.box === replaced);
    expect(newer.job).toBeGreaterThan(job.job);
    expect((await host.raw.ask(commitOf(nextEpoch(slot), [second.chair.seat]))).kind).toBe('reply');
  });

  it('hold no more than one commit may', async () => {
    const { meeting, host, slot } = await gather(server, 0);
    const count = LIMITS.seatsPerCommit + 6;
    const seats = [];
    for (let n = 0; n < count; n += 1) seats.push((await newcomer(meeting, host.raw)).chair.seat);
    const full = await host.raw.hear(
      'job',
      ({ packages }) => packages.length === LIMITS.seatsPerCommit,
    );
    const named = full.packages.map(({ seat }) => seat);
    const next = host.raw.next('job', ({ packages }) =>
      packages.every(({ seat }) => !named.includes(seat)),
    );
    expect((await host.raw.ask(commitOf(slot, named))).kind).toBe('reply');
    expect((await next).packages.map(({ seat }) => seat).toSorted()).toEqual(
      seats.filter((seat) => !named.includes(seat)).toSorted(),
    );
  }, 60_000);

  it('drop a bad package on a host word that names it, and its seat uploads anew', async () => {
    const { meeting, host } = await gather(server, 1);
    const { chair, raw, box } = await newcomer(meeting, host.raw);
    const bad = (hash: string) =>
      host.raw.ask({ kind: 'bad-package', seat: chair.seat, box: hash });
    expect(await bad(randomBox(32))).toMatchObject({ kind: 'refused', code: 'wrong-hash' });
    expect((await bad(hashOfBox(box))).kind).toBe('reply');
    await raw.hear('package-refused');
    expect(await bad(hashOfBox(box))).toMatchObject({ kind: 'refused', code: 'unknown-member' });
    const better = randomBox(40);
    await raw.ask({ kind: 'package', box: better });
    await host.raw.hear(
      'job',
      ({ packages }) => packages.length === 1 && packages[0]?.box === better,
    );
  });

  it('bring leavers together, leave a leaving host in peace, and forget who comes back', async () => {
    const { host, guests, slot } = await gather(server, 3);
    const statements = await Promise.all(
      guests.slice(0, 2).map(async ({ raw }) => {
        const statement = randomBox(70);
        await raw.ask({ kind: 'leaving', statement });
        return statement;
      }),
    );
    const job = await host.raw.hear('job', ({ leaving }) => leaving.length === 2);
    expect(job.leaving.map(({ statement }) => statement).toSorted()).toEqual(statements.toSorted());
    await host.raw.ask({ kind: 'leaving', statement: randomBox(70) });
    // One of them comes back: its old statement is void, its package is work.
    await guests[0]!.raw.ask({ kind: 'package', box: randomBox(50) });
    const after = await guests[2]!.raw.hear('job', ({ packages }) => packages.length === 1);
    expect(after.leaving.map(({ seat }) => seat)).toEqual([guests[1]!.chair.seat]);
    const both = commitOf(slot, [guests[0]!.chair.seat], [guests[1]!.chair.seat]);
    expect((await guests[2]!.raw.ask(both)).kind).toBe('reply');
  });
});
