// Values of the call's model for each screen of the gallery. Nothing here is real.
import type {
  Alarm,
  AlarmCode,
  ChatItem,
  KnockView,
  LobbyView,
  MeetingView,
  Own,
  Person,
  Tile,
  TileState,
} from '../../web/call/model.ts';
import { faceTrack, slideTrack } from './faces.ts';
import { HARD_NAMES, NAMES, person } from './people.ts';

/** 23 November 2026, 14:02: the gallery's clock stands still here. */
export const NOW_MS = Date.UTC(2026, 10, 23, 14, 2);
export const LINK =
  'https://meet.clinic.example/j/pQ3vXl0rT5y8mEwZk2uBNg#Yb1xVQ7sLr0cJtK9fWmHaDz4EoUq2IgNpR6yXkTvB8s3MhSjCw5dZeFiAOnGlPuQ';

const devices: Own['devices'] = {
  microphones: [
    { id: 'm1', label: 'Built-in microphone' },
    { id: 'm2', label: 'Headset' },
  ],
  cameras: [{ id: 'c1', label: 'Built-in camera' }],
  speakers: [{ id: 's1', label: 'Built-in speakers' }],
  chosen: { microphone: 'm2', camera: 'c1' },
};

export const OWN_OFF: Own = {
  microphone: { kind: 'off' },
  camera: { kind: 'off' },
  screen: { kind: 'off' },
  saveData: false,
  devices: { microphones: [], cameras: [], speakers: [], chosen: {} },
};
export const OWN_ON: Own = {
  microphone: { kind: 'on' },
  camera: { kind: 'on' },
  screen: { kind: 'off' },
  saveData: false,
  devices,
};

export const lobby = (more: Partial<LobbyView> = {}): LobbyView => ({
  name: 'Sofia Marchetti',
  own: OWN_OFF,
  ...more,
});

const tile = (index: number, state: TileState = 'ok'): Tile => ({
  id: `tile-${index}`,
  person: `person-${index}`,
  source: 'camera',
  state,
  ...(state === 'ok' ? { track: faceTrack(index) } : {}),
});

/** You come last and have the camera off, as in the sketches; one other has it off too. */
export function meeting(count: number, more: Partial<MeetingView> = {}): MeetingView {
  const others = Array.from({ length: count - 1 }, (_, index) => person(index));
  const you = person(count - 1, {
    id: 'you',
    name: 'Robin Vale',
    you: true,
    role: count === 1 ? 'host' : 'guest',
    mark: { kind: 'you' },
    microphone: 'on',
  });
  const tiles = others.map((_, index) => tile(index, index % 7 === 4 ? 'no-track' : 'ok'));
  return {
    you: 'you',
    people: [...others, you],
    tiles,
    trust: { kind: 'closed', people: count },
    alarms: [],
    notices: [],
    knocks: [],
    chat: [],
    locked: false,
    mayShareScreen: true,
    own: { ...OWN_ON, camera: { kind: 'off' } },
    connection: 'ok',
    soundBlocked: false,
    ...more,
  };
}

const edit = (view: MeetingView, index: number, more: Partial<Person>): MeetingView => ({
  ...view,
  people: view.people.map((someone, at) => (at === index ? { ...someone, ...more } : someone)),
});

/** The same meeting as its host sees it. */
export function asHost(view: MeetingView): MeetingView {
  const you = view.people.length - 1;
  const others = view.people.map((someone, at) =>
    at === you
      ? { ...someone, name: 'Ana Keller', role: 'host' as const }
      : {
          ...someone,
          role: 'guest' as const,
          mark: { kind: 'admitted' as const, by: 'Ana Keller' },
        },
  );
  return edit({ ...view, people: others, link: LINK }, 0, { name: 'Clara Voss' });
}

export const speaking = (view: MeetingView): MeetingView =>
  edit(edit(view, 0, { speaking: true, microphone: 'on' }), 3, { hand: true });

export const cameIn = (view: MeetingView): MeetingView => ({
  ...view,
  notices: [{ kind: 'came-in', id: 'n1', name: 'Mei Lin', by: 'Ana' }],
});

export function knocks(count: number): KnockView[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `knock-${index}`,
    name: NAMES[(index + 5) % NAMES.length] ?? '',
    atMs: NOW_MS - 20_000,
    ...(index === 1 ? { sameNameAs: 'Ada Nwosu' } : {}),
  }));
}

export function hardNames(): MeetingView {
  const view = meeting(6);
  const named = HARD_NAMES.reduce((all, name, index) => edit(all, index, { name }), view);
  const tiles = named.tiles.filter((one) => one.person === 'person-0' || one.person === 'person-3');
  return {
    ...named,
    tiles,
    notices: [{ kind: 'came-in', id: 'n1', name: HARD_NAMES[2] ?? '', by: HARD_NAMES[0] ?? '' }],
    chat: chat().map((item, index) =>
      index < 3 ? { ...item, name: HARD_NAMES[index] ?? '', person: `person-${index}` } : item,
    ),
  };
}

export function tileStates(): MeetingView {
  const states: TileState[] = [
    'ok',
    'no-track',
    'connecting',
    'no-key',
    'no-frame',
    'bad-frames',
    'wrong-source',
    'ok',
  ];
  const view = meeting(states.length + 1);
  const tiles = states.map((state, index) => ({
    ...tile(index, state),
    ...(index === 7 || state === 'no-frame' ? { stillSinceMs: NOW_MS - 30_000 } : {}),
  }));
  const changed = edit(edit(view, 1, { presence: 'away' }), 2, { presence: 'connecting' });
  return edit({ ...changed, tiles }, 0, { speaking: true, hand: true, microphone: 'on' });
}

export function sharing(): MeetingView {
  const view = speaking(meeting(6));
  const screen: Tile = {
    id: 'screen-1',
    person: 'person-1',
    source: 'screen',
    state: 'ok',
    track: slideTrack(),
  };
  return { ...view, tiles: [...view.tiles, screen] };
}

const said = (index: number, text: string, more: Partial<ChatItem> = {}): ChatItem =>
  ({
    kind: 'text',
    id: `chat-${index}`,
    person: `person-${index % 4}`,
    name: NAMES[index % 4] ?? '',
    you: false,
    text,
    atMs: NOW_MS - (12 - index) * 61_000,
    state: 'sent',
    ...more,
  }) as ChatItem;

export function chat(): ChatItem[] {
  const you = { you: true, person: 'you', name: 'Robin Vale' };
  return [
    said(0, 'Good afternoon. Shall we begin with the new tablets?'),
    said(1, 'Yes please.\nI have put the list on the next page.'),
    said(2, 'مرحبا بالجميع'),
    { kind: 'missing', id: 'gap', name: 'Ben Osei', atMs: NOW_MS - 400_000 },
    said(
      3,
      'The pharmacy opens at eight, and this is a long line without any break in its address: https://pharmacy.example/opening/hours/for/november/and/december',
    ),
    said(8, 'Thank you, that helps.', you),
    said(9, 'I will call them tomorrow.', { ...you, state: 'failed' }),
  ];
}

const WHO: Partial<Record<AlarmCode, readonly string[]>> = {
  'commit-garbage': [],
  'worker-died': [],
  plaintext: [],
  'server-behind': [],
};
const REFUSED: ReadonlySet<AlarmCode> = new Set(['role-breach', 'commit-garbage']);
const UNNAMED: ReadonlySet<AlarmCode> = new Set(['ghost', 'commit-garbage']);

export function alarmOf(code: AlarmCode): Alarm {
  return {
    code,
    atMs: NOW_MS,
    stopped: !REFUSED.has(code),
    who: WHO[code] ?? ['Ben Osei'],
    ...(UNNAMED.has(code) ? {} : { by: 'Tom Becker' }),
  };
}

export function alarmed(code: AlarmCode): MeetingView {
  const alarm = alarmOf(code);
  const view = meeting(6);
  if (!alarm.stopped) return { ...view, alarms: [alarm] };
  const held = { kind: 'held', why: 'stopped' } as const;
  return {
    ...view,
    alarms: [alarm],
    trust: { kind: 'alarm', alarm },
    own: { ...view.own, microphone: held },
  };
}
