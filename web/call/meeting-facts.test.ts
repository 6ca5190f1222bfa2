import { describe, expect, it } from 'vitest';
import type { VaultPerson, VaultView } from '../worker/vault-messages.ts';
import { type MeetingFacts, toMeetingView, trustOf } from './meeting-facts.ts';
import { EMPTY_LOG, noteNames, noteRoster, takeAlarm, takeEvent } from './meeting-log.ts';

const person = (id: string, change: Partial<VaultPerson> = {}): VaultPerson => ({
  person: id,
  leaf: 0,
  role: 'guest',
  you: false,
  name: id,
  renamed: false,
  hand: false,
  microphone: false,
  online: true,
  offlineSinceMs: undefined,
  identity: `identity ${id}`,
  ...change,
});
const view = (people: readonly VaultPerson[], change: Partial<VaultView> = {}): VaultView => ({
  phase: 'in',
  host: false,
  epoch: 3,
  generation: 1,
  people: [...people],
  policy: { locked: false, strict: false, screen: 'everyone' },
  gateOpen: true,
  stopped: undefined,
  hostHeard: true,
  hostSilentMs: 0,
  hostSilentSinceMs: 0,
  knocks: [],
  online: true,
  founding: false,
  ...change,
});
const facts = (of: VaultView, change: Partial<MeetingFacts> = {}): MeetingFacts => ({
  view: of,
  firstNames: new Map(),
  verified: new Set(),
  speaking: new Set(),
  remote: [],
  alarms: [],
  notices: [],
  chat: [],
  media: 'ok',
  soundBlocked: false,
  nowMs: 100_000,
  own: {
    microphone: { kind: 'off' },
    camera: { kind: 'off' },
    screen: { kind: 'off' },
    saveData: false,
    devices: { microphones: [], cameras: [], speakers: [], chosen: {} },
  },
  ...change,
});

const ana = person('Ana', { role: 'host' });
const you = person('Ben', { you: true });

describe('TRA-1 the trust line is computed from the vault, never from a server', () => {
  it('says closed only after a host was heard over this history', () => {
    expect(trustOf(facts(view([ana, you])))).toEqual({ kind: 'closed', people: 2 });
    expect(trustOf(facts(view([ana, you], { hostHeard: false })))).toEqual({
      kind: 'checking',
      people: 2,
    });
  });
  it('says since when the host is silent', () => {
    const trust = trustOf(
      facts(view([ana, you], { hostSilentMs: 16_000, hostSilentSinceMs: 84_000 })),
    );
    expect(trust).toEqual({
      kind: 'unproven',
      people: 2,
      why: 'host-unreachable',
      sinceMs: 84_000,
    });
  });
  it('becomes the alarm that stopped us', () => {
    const { alarms } = takeAlarm(EMPTY_LOG, {
      code: 'ghost',
      atMs: 5,
      stopped: true,
      who: ['xyzxyzxyz'],
    });
    const trust = trustOf(facts(view([ana, you], { stopped: 'ghost' }), { alarms }));
    expect(trust).toEqual({
      kind: 'alarm',
      alarm: { code: 'ghost', atMs: 5, stopped: true, who: ['xyzxyz'] },
    });
  });
});

describe('people and tiles', () => {
  it('A-53 marks two people whose names differ only in case and spacing', () => {
    const people = toMeetingView(
      facts(view([person('1', { name: 'Mei Lin' }), person('2', { name: 'mei  lin' }), ana])),
    ).people;
    expect(people.map((one) => one.sameName)).toEqual([true, true, false]);
  });
  it('warns of a knock under the name of someone who is in', () => {
    const made = toMeetingView(facts(view([ana], { knocks: [{ id: 'k', name: 'ANA', atMs: 1 }] })));
    expect(made.knocks[0]?.sameNameAs).toBe('Ana');
  });
  it('gives no track to a tile that is not ok', () => {
    const track = {} as MediaStreamTrack;
    const remote = [{ person: 'Ana', source: 'camera', state: 'bad-frames', track }] as const;
    const [tile] = toMeetingView(facts(view([ana]), { remote })).tiles;
    expect(tile?.state).toBe('bad-frames');
    expect(tile?.track).toBeUndefined();
  });
  it('shows who has been gone for a minute as away, and who has not spoken yet as connecting', () => {
    const gone = person('Tom', { online: false, offlineSinceMs: 30_000 });
    const fresh = person('Eve', { name: undefined });
    const { people } = toMeetingView(facts(view([gone, fresh])));
    expect(people.map((one) => one.presence)).toEqual(['away', 'connecting']);
  });
});

describe('the log', () => {
  it('A-54 a rename is told to all with the name before', () => {
    const before = noteNames(EMPTY_LOG, [person('1', { name: 'Tom' })]);
    const after = noteNames(before, [person('1', { name: 'Ana' })]);
    expect(after.notices).toMatchObject([{ kind: 'renamed', from: 'Tom', to: 'Ana' }]);
    expect(after.firstNames.get('1')).toBe('Tom');
  });
  it('PBD-4 an arrival is announced, and gets its name as soon as it says it', () => {
    const arrived = takeEvent(EMPTY_LOG, { kind: 'came-in', person: '1' }, 1, 'Ana', false);
    expect(arrived.notices).toMatchObject([{ kind: 'came-in', by: 'Ana' }]);
    const named = noteNames(arrived, [person('1', { name: 'Ben' })]);
    expect(named.notices).toMatchObject([{ kind: 'came-in', name: 'Ben', by: 'Ana' }]);
  });
  it('a hand that goes up is told once, by name; own and long raised ones are not', () => {
    const down = [person('1', { name: 'Ben' }), person('2', { name: 'Mei', you: true })];
    const up = down.map((one) => ({ ...one, hand: true }));
    const log = noteRoster(noteNames(EMPTY_LOG, down), down, up);
    expect(log.notices).toMatchObject([{ kind: 'hand', name: 'Ben' }]);
    expect(noteRoster(log, up, up).notices).toHaveLength(1);
    expect(noteRoster(EMPTY_LOG, [], up).notices).toEqual([]);
  });
  it('A-49 a gap in someone’s chain stands in the chat', () => {
    const log = takeEvent(
      noteNames(EMPTY_LOG, [ana]),
      { kind: 'chat-missing', person: 'Ana', count: 3 },
      9,
      'Ana',
      false,
    );
    expect(log.chat).toMatchObject([{ kind: 'missing', name: 'Ana', atMs: 9 }]);
  });
});
