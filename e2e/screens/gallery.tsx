// Renders one screen of the product over made-up values: `gallery.html?screen=<render>`.
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { AboutPage } from '../../web/about/AboutPage.tsx';
import type { AlarmCode, CallActions, CannotReason, MeetingView } from '../../web/call/model.ts';
import { CannotScreen } from '../../web/ends/CannotScreen.tsx';
import { NotFoundScreen } from '../../web/ends/NotFoundScreen.tsx';
import { OverScreen } from '../../web/ends/OverScreen.tsx';
import { EnteringScreen } from '../../web/lobby/EnteringScreen.tsx';
import { LobbyScreen } from '../../web/lobby/LobbyScreen.tsx';
import { WaitingScreen } from '../../web/lobby/WaitingScreen.tsx';
import { RoomScreen } from '../../web/room/RoomScreen.tsx';
import { LinkReadyScreen } from '../../web/start/LinkReadyScreen.tsx';
import { StartScreen } from '../../web/start/StartScreen.tsx';
import { Loading } from '../../web/ui/Loading.tsx';
import { faceTrack } from './faces.ts';
import {
  alarmed,
  asHost,
  cameIn,
  chat,
  hardNames,
  knocks,
  LINK,
  lobby,
  meeting,
  NOW_MS,
  OWN_OFF,
  OWN_ON,
  sharing,
  speaking,
  tileStates,
} from './fixtures.ts';
import { HARD_NAMES } from './people.ts';
import { ALARM_CODES, CANNOT, COUNTS } from './scenes.ts';

const nothing = () => undefined;
const calls: string[] = [];
Object.assign(window, { calls });

/** Each action notes its call, so that a test can see what a key press did. */
const actions = new Proxy({} as CallActions, {
  get:
    (_, name) =>
    (...values: unknown[]) => {
      calls.push([String(name), ...values.map(String)].join(' '));
      if (name === 'safetyWords') {
        return Promise.resolve(['harbour', 'silent', 'pepper', 'window', 'canvas', 'orbit']);
      }
      return name === 'report' ? 'Report' : undefined;
    },
});

const inLobby = (view = lobby(), host = false) => (
  <LobbyScreen lobby={view} host={host} actions={actions} onTyping={nothing} />
);
const waiting = (told: 'sending' | 'told' | 'no-answer') => (
  <WaitingScreen
    waiting={{ kind: 'waiting', lobby: lobby(), sinceMs: NOW_MS - 190_000, told }}
    actions={actions}
  />
);
const entering = (rejoining: boolean, hostAway: boolean) => (
  <EnteringScreen entering={{ kind: 'entering', rejoining, hostAway }} onLeave={nothing} />
);
const start = (more: Partial<Parameters<typeof StartScreen>[0]> = {}) => (
  <StartScreen
    creation={{ kind: 'idle' }}
    hasToken
    media="ready"
    onStart={nothing}
    onToken={nothing}
    {...more}
  />
);
const room = (view: MeetingView) => <RoomScreen meeting={view} actions={actions} />;
const cannot = (kind: CannotReason['kind']) => (
  <CannotScreen
    reason={kind === 'browser' ? { kind, lacks: ['ed25519', 'encoded-transform'] } : { kind }}
    onAgain={nothing}
    onReload={nothing}
  />
);

const screens: Record<string, () => ReactElement> = {
  start: () => start(),
  'start-token': () => start({ hasToken: false }),
  'start-building': () => start({ media: 'building' }),
  'start-failed': () =>
    start({
      creation: { kind: 'failed', code: 'browser', lacks: ['ed25519', 'encoded-transform'] },
    }),
  'link-ready': () => <LinkReadyScreen link={LINK} onOpen={nothing} />,
  lobby: () => inLobby(),
  'lobby-empty': () => inLobby(lobby({ name: '' })),
  'lobby-host': () => inLobby(lobby({ name: 'Ana Keller' }), true),
  'lobby-preview': () => inLobby(lobby({ own: OWN_ON, preview: faceTrack(3), level: 0.55 })),
  'lobby-long-name': () => inLobby(lobby({ name: HARD_NAMES[0] ?? '' })),
  'lobby-failed': () =>
    inLobby(
      lobby({
        own: {
          ...OWN_OFF,
          microphone: { kind: 'failed', why: 'denied' },
          camera: { kind: 'failed', why: 'busy' },
        },
      }),
    ),
  'waiting-sending': () => waiting('sending'),
  'waiting-told': () => waiting('told'),
  'waiting-no-answer': () => waiting('no-answer'),
  entering: () => entering(false, false),
  'entering-rejoining': () => entering(true, false),
  'entering-host-away': () => entering(false, true),
  about: () => <AboutPage />,
  'not-found': () => <NotFoundScreen />,
  loading: () => <Loading />,
  'room-host': () => room(asHost(speaking(meeting(6)))),
  'room-sharing': () => room(sharing()),
  'room-states': () => room(tileStates()),
  'room-names': () => room(hardNames()),
  'room-knock': () => room(asHost(cameIn({ ...speaking(meeting(6)), knocks: knocks(1) }))),
  'room-knocks-12': () => room(asHost({ ...meeting(6), knocks: knocks(12) })),
  'room-checking': () =>
    room({
      ...meeting(3, { trust: { kind: 'checking', people: 3 } }),
      own: { ...OWN_ON, microphone: { kind: 'held', why: 'not-yet' }, camera: { kind: 'off' } },
    }),
  'room-unproven': () =>
    room(
      meeting(5, {
        trust: { kind: 'unproven', people: 5, why: 'host-unreachable', sinceMs: NOW_MS - 60_000 },
      }),
    ),
  'room-not-seen': () =>
    room(
      meeting(5, {
        trust: { kind: 'unproven', people: 5, why: 'host-not-seen', sinceMs: NOW_MS - 60_000 },
      }),
    ),
  'room-lines': () =>
    room({
      ...meeting(5, { connection: 'reconnecting', soundBlocked: true }),
      own: { ...OWN_ON, camera: { kind: 'failed', why: 'busy' }, screen: { kind: 'on' } },
    }),
  'room-locked': () =>
    room(asHost(meeting(5, { locked: true, notices: [{ kind: 'locked', id: 'n1' }] }))),
  'room-chat': () => room({ ...speaking(meeting(6)), chat: chat() }),
};
for (const kind of CANNOT) screens[`cannot-${kind}`] = () => cannot(kind);
for (const kind of ['left', 'ended', 'removed', 'elsewhere', 'host-must-come-back'] as const) {
  screens[kind] = () => <OverScreen kind={kind} onRejoin={nothing} onLeave={nothing} />;
}
for (const count of COUNTS) {
  const view = () => (count > 4 ? cameIn(speaking(meeting(count))) : meeting(count));
  screens[`room-${count}`] = () => room(count === 1 ? { ...view(), link: LINK } : view());
}
for (const code of ALARM_CODES)
  screens[`room-alarm-${code}`] = () => room(alarmed(code as AlarmCode));

const wanted = new URLSearchParams(location.search).get('screen') ?? '';
const root = document.getElementById('root');
const screen = screens[wanted];
if (root && screen) createRoot(root).render(screen());
else document.body.textContent = `No such screen: ${wanted}`;
