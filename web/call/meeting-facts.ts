// From what the vault and the media say to what a screen may show: pure functions over values.
import type { VaultPerson, VaultView } from '../worker/vault-messages.ts';
import type {
  Alarm,
  ChatItem,
  MeetingView,
  Notice,
  Own,
  Person,
  Tile,
  TileState,
  Trust,
} from './model.ts';

/** A remote picture or screen as the media layer and the watchdog know it; keyed by person and source. */
export type RemoteTile = {
  readonly person: string;
  readonly source: 'camera' | 'screen';
  readonly state: TileState;
  readonly track?: MediaStreamTrack;
  readonly attach?: (element: HTMLVideoElement) => () => void;
  readonly stillSinceMs?: number;
};

export type MeetingFacts = {
  readonly view: VaultView;
  /** Names as first heard, so that a rename shows what it was. */
  readonly firstNames: ReadonlyMap<string, string>;
  readonly verified: ReadonlySet<string>;
  readonly speaking: ReadonlySet<string>;
  readonly remote: readonly RemoteTile[];
  readonly ownCamera?: MediaStreamTrack;
  readonly ownScreen?: MediaStreamTrack;
  readonly alarms: readonly Alarm[];
  readonly notices: readonly Notice[];
  readonly chat: readonly ChatItem[];
  readonly own: Own;
  readonly media: 'ok' | 'reconnecting' | 'not-ready';
  readonly soundBlocked: boolean;
  readonly link?: string;
  readonly nowMs: number;
};

const HOST_SILENT_MS = 15_000;
const AWAY_MS = 60_000;

/** Case and spacing do not make another name. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLocaleLowerCase().replace(/\s+/gu, ' ').trim();

export const nameOf = (person: VaultPerson): string => person.name ?? '';

function toPerson(
  facts: MeetingFacts,
  person: VaultPerson,
  doubles: ReadonlyMap<string, number>,
  host: string,
): Person {
  const name = nameOf(person);
  const first = facts.firstNames.get(person.person);
  const renamed = first !== undefined && first !== name ? first : person.renamed ? '' : undefined;
  const away = !person.online && facts.nowMs - (person.offlineSinceMs ?? facts.nowMs) > AWAY_MS;
  return {
    id: person.person,
    leaf: person.leaf,
    name,
    you: person.you,
    role: person.role,
    mark: markOf(facts, person, host),
    hand: person.hand,
    microphone: person.microphone ? 'on' : 'off',
    speaking: facts.speaking.has(person.person),
    ...(renamed === undefined ? {} : { renamedFrom: renamed }),
    sameName: name !== '' && (doubles.get(nameKey(name)) ?? 0) > 1,
    presence: away ? 'away' : person.name === undefined ? 'connecting' : 'here',
  };
}

function markOf(facts: MeetingFacts, person: VaultPerson, host: string): Person['mark'] {
  if (person.you) return { kind: 'you' };
  if (facts.verified.has(person.person)) return { kind: 'verified' };
  return person.role === 'host' ? { kind: 'host' } : { kind: 'admitted', by: host };
}

function countNames(people: readonly VaultPerson[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const person of people) {
    const key = nameKey(nameOf(person));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Computed from the vault's checked roster only, never from a server's word (TRA-1). */
export function trustOf(facts: MeetingFacts): Trust {
  const { view } = facts;
  const people = view.people.length;
  const stopping = facts.alarms.find((alarm) => alarm.stopped);
  if (view.stopped !== undefined && stopping) return { kind: 'alarm', alarm: stopping };
  if (!view.hostHeard) {
    return view.hostSilentMs > HOST_SILENT_MS
      ? {
          kind: 'unproven',
          people,
          why: 'host-unreachable',
          sinceMs: view.hostSilentSinceMs,
        }
      : { kind: 'checking', people };
  }
  if (view.hostSilentMs > HOST_SILENT_MS) {
    return {
      kind: 'unproven',
      people,
      why: 'host-unreachable',
      sinceMs: view.hostSilentSinceMs,
    };
  }
  return { kind: 'closed', people };
}

function tilesOf(facts: MeetingFacts): Tile[] {
  const tiles: Tile[] = [];
  for (const person of facts.view.people) {
    for (const source of ['screen', 'camera'] as const) {
      const tile = person.you
        ? ownTile(facts, source)
        : facts.remote.find((one) => one.person === person.person && one.source === source);
      if (tile === undefined && source === 'screen') continue;
      const state = tile?.state ?? 'no-track';
      tiles.push({
        id: `${person.person} ${source}`,
        person: person.person,
        source,
        state,
        ...(tile?.track && state === 'ok' ? { track: tile.track } : {}),
        ...(tile?.attach && tile.track && state === 'ok' ? { attach: tile.attach } : {}),
        ...(tile?.stillSinceMs === undefined ? {} : { stillSinceMs: tile.stillSinceMs }),
      });
    }
  }
  return tiles;
}

function ownTile(facts: MeetingFacts, source: 'camera' | 'screen'): RemoteTile | undefined {
  const track = source === 'camera' ? facts.ownCamera : facts.ownScreen;
  return track && { person: '', source, state: 'ok', track };
}

function connectionOf(facts: MeetingFacts): MeetingView['connection'] {
  if (!facts.view.online) return 'reconnecting';
  if (facts.media === 'not-ready') return 'media-not-ready';
  return facts.media === 'reconnecting' ? 'media-reconnecting' : 'ok';
}

export function toMeetingView(facts: MeetingFacts): MeetingView {
  const { view } = facts;
  const you = view.people.find((person) => person.you);
  const hostName = view.people.find((person) => person.role === 'host');
  const doubles = countNames(view.people);
  const byName = new Map(view.people.map((person) => [nameKey(nameOf(person)), nameOf(person)]));
  return {
    you: you?.person ?? '',
    people: view.people.map((person) =>
      toPerson(facts, person, doubles, hostName ? nameOf(hostName) : ''),
    ),
    tiles: tilesOf(facts),
    trust: trustOf(facts),
    alarms: facts.alarms,
    notices: facts.notices,
    knocks: view.knocks.map((knock) => {
      const twin = byName.get(nameKey(knock.name));
      return { ...knock, ...(twin ? { sameNameAs: twin } : {}) };
    }),
    chat: facts.chat,
    locked: view.policy?.locked ?? false,
    mayShareScreen: view.policy?.screen !== 'hosts' || view.host,
    own: facts.own,
    connection: connectionOf(facts),
    soundBlocked: facts.soundBlocked,
    ...(facts.link ? { link: facts.link } : {}),
  };
}
