// The list of what the gallery shows, and what to press to get there. Shared by the pictures, the
// accessibility check and the gallery itself.
import type { AlarmCode, CannotReason } from '../../web/call/model.ts';

export type Step = {
  readonly press: string | RegExp;
  readonly role?: 'button' | 'menuitem' | 'switch';
};
export type Scene = {
  readonly id: string;
  /** What the gallery renders; many scenes are one render and a few presses. */
  readonly render: string;
  /** The meeting is always dark. */
  readonly room: boolean;
  readonly steps: readonly Step[];
};

const page = (id: string, steps: readonly Step[] = [], render = id): Scene => ({
  id,
  render,
  room: false,
  steps,
});
const room = (id: string, render = id, steps: readonly Step[] = []): Scene => ({
  id: `room-${id}`,
  render: `room-${render}`,
  room: true,
  steps,
});

export const ALARM_CODES: readonly AlarmCode[] = [
  'ghost',
  'bad-member',
  'role-breach',
  'commit-garbage',
  'fork',
  'behind',
  'server-behind',
  'media-surplus',
  'plaintext',
  'foreign-frames',
  'worker-died',
  'void-failed',
];

export const CANNOT: readonly CannotReason['kind'][] = [
  'browser',
  'link-incomplete',
  'over-or-incomplete',
  'link-altered',
  'refused',
  'locked',
  'server-unreachable',
  'server-full',
  'server-behind',
  'crashed',
];

export const COUNTS = [1, 2, 5, 6, 9, 16, 30];

export const SCENES: readonly Scene[] = [
  page('start'),
  page('start-token'),
  page('start-failed'),
  page('start-building'),
  page('link-ready'),
  page('link-open', [{ press: /code to scan/ }, { press: /invitation/ }], 'link-ready'),
  page('lobby'),
  page('lobby-empty'),
  page('lobby-missing-name', [{ press: 'Knock' }], 'lobby-empty'),
  page('lobby-host'),
  page('lobby-preview'),
  page('lobby-devices', [{ press: /Choose devices/ }], 'lobby-preview'),
  page('lobby-failed'),
  page('lobby-long-name'),
  page('waiting-sending'),
  page('waiting-told'),
  page('waiting-no-answer'),
  page('waiting-change', [{ press: /Change name/ }], 'waiting-told'),
  page('entering'),
  page('entering-rejoining'),
  page('entering-host-away'),
  ...CANNOT.map((kind) => page(`cannot-${kind}`)),
  ...['left', 'ended', 'removed', 'elsewhere', 'host-must-come-back'].map((kind) => page(kind)),
  page('about'),
  page('not-found'),
  page('loading'),
  ...COUNTS.map((count) => room(`${count}`)),
  room('host', 'host'),
  room('speaker', '6', [{ press: 'More' }, { press: /speaker large/, role: 'menuitem' }]),
  room('sharing'),
  room('states'),
  room('names'),
  room('knock'),
  room('knocks-12'),
  room('knocks-12-open', 'knocks-12', [{ press: 'See who' }]),
  room('checking'),
  room('unproven'),
  room('not-seen'),
  room('lines'),
  room('locked'),
  room('chat', 'chat', [{ press: /^Chat/ }]),
  room('chat-empty', '5', [{ press: /^Chat/ }]),
  room('chat-names', 'names', [{ press: /^Chat/ }]),
  room('people', 'host', [{ press: 'People' }]),
  room('people-remove', 'host', [
    { press: 'People' },
    { press: /What you can do with Ben/ },
    { press: /^Remove/, role: 'menuitem' },
  ]),
  room('people-rename', 'host', [{ press: 'People' }, { press: /Change your name/ }]),
  room('people-names', 'names', [{ press: 'People' }]),
  room('invite', 'host', [{ press: 'More' }, { press: 'Meeting link', role: 'menuitem' }]),
  room('more', '6', [{ press: 'More' }]),
  room('more-host', 'host', [{ press: 'More' }]),
  room('leave-host', 'host', [{ press: 'Leave' }]),
  room('end', 'host', [{ press: 'More' }, { press: 'End for everyone', role: 'menuitem' }]),
  room('devices', '6', [{ press: 'More' }, { press: /Microphone, camera/, role: 'menuitem' }]),
  room('shortcuts', '6', [{ press: 'More' }, { press: /shortcuts/, role: 'menuitem' }]),
  room('trust', '6', [{ press: /Nobody else/ }]),
  room('trust-words', '6', [{ press: /Nobody else/ }, { press: /six words/ }]),
  room('trust-folds', '6', [
    { press: /Nobody else/ },
    { press: /What the server can see/ },
    { press: /What others see/ },
  ]),
  room('refused', 'alarm-role-breach'),
  ...ALARM_CODES.map((code) =>
    room(
      `alarm-${code}`,
      `alarm-${code}`,
      ['role-breach', 'commit-garbage'].includes(code) ? [{ press: 'What happened?' }] : [],
    ),
  ),
];
