// True messages of every schema, by the name it is exported under. A schema without one fails schemas.test.ts.
const text = (bytes: number, fill = 'A'): string =>
  `${fill.repeat(Math.ceil((bytes * 4) / 3) - 1)}A`;
const [id16, id32, sign64] = [text(16, 'b'), text(32, 'c'), text(64, 'd')];
const box = text(48, 'e');
const slot = { group: id32, generation: 1, epoch: 2, try: 0 };
const at = { seq: 5, from: id16, group: id32 };

const view = {
  seat: id16,
  role: 'guest',
  mayCommit: true,
  online: true,
  seated: false,
  leaving: false,
  identity: null,
};
const items = [
  { kind: 'opening', ...at, generation: 1, opening: box, identity: id16 },
  {
    kind: 'commit',
    ...at,
    epoch: 1,
    try: 0,
    commit: box,
    added: [{ seat: id16, identity: id16 }],
    removed: [id16],
  },
  { kind: 'void', ...at, epoch: 1, try: 0, hash: id32, signature: sign64 },
  { kind: 'message', ...at, epoch: 1, box },
];

const first = [
  { kind: 'knock', box: text(8192) },
  { kind: 'wait', knock: id16 },
  { kind: 'sit', secret: id32, since: null },
];
const seated = [
  { kind: 'register', ref: 1, seat: id16 },
  { kind: 'answer', ref: 1, knock: id16, box: text(2048), last: false },
  { kind: 'package', ref: 1, box },
  { kind: 'bad-package', ref: 1, seat: id16, box: id32 },
  { kind: 'found', ref: 1, group: id32, generation: 1, opening: box, identity: id16 },
  {
    kind: 'commit',
    ref: 1,
    group: id32,
    epoch: 1,
    try: 0,
    commit: box,
    added: [{ seat: id16, identity: id16, secrets: box }],
    groupInfo: box,
    removed: [id16],
  },
  { kind: 'void', ref: 1, group: id32, epoch: 1, try: 0, hash: id32, signature: sign64 },
  { kind: 'send', ref: 1, group: id32, epoch: 1, box },
  { kind: 'beat', group: id32, epoch: 1, box },
  { kind: 'leaving', ref: 1, statement: box },
  { kind: 'expel', ref: 1 },
  { kind: 'ack', seq: 1 },
  { kind: 'ticket', ref: 1 },
  { kind: 'end', ref: 1 },
  { kind: 'ping' },
];
const fromServer = [
  { kind: 'knocked', knock: id16 },
  { kind: 'answered', box: text(2048) },
  { kind: 'seated', seat: id16, role: 'host', seq: 3, slot, seats: [view], opening: box },
  ...items.map((item) => ({ kind: 'order', item })),
  { kind: 'gap', seq: 1 },
  { kind: 'beat', from: id16, group: id32, epoch: 1, box },
  {
    kind: 'welcome',
    ...at,
    generation: 1,
    epoch: 1,
    try: 0,
    opening: box,
    secrets: box,
    groupInfo: box,
  },
  {
    kind: 'job',
    job: 1,
    packages: [{ seat: id16, box }],
    leaving: [{ seat: id16, statement: box }],
    online: [id16],
  },
  { kind: 'seat', view },
  { kind: 'seat-gone', seat: id16 },
  { kind: 'package-refused' },
  { kind: 'knock', knock: id16, box: text(8192) },
  { kind: 'knock-gone', knock: id16 },
  { kind: 'reply', ref: 1, ok: true, ticket: id16, seq: 2 },
  { kind: 'refused', ref: 1, code: 'not-allowed' },
  { kind: 'error', code: 'internal' },
  { kind: 'ended' },
  { kind: 'pong' },
];

const ofKind = (kind: string): readonly object[] =>
  [...first, ...seated].filter((one) => one.kind === kind);

export const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  // delivery.ts
  Role: ['host', 'cohost', 'guest'],
  SeatView: [view],
  Slot: [slot],
  OrderItem: items,
  ServerMessage: fromServer,
  // errors.ts
  ErrorCode: ['internal'],
  // http.ts
  CreateMeeting: [{ id: id16, charter: text(8192), hostSeat: id16 }],
  CreatedMeeting: [{ id: id16 }],
  MeetingDoor: [{ charter: text(8192) }],
  MediaState: ['ready'],
  ServerStatus: [{ version: '1', media: 'building', step: 'x' }],
  HttpError: [{ code: 'internal' }],
  // ids.ts
  MeetingId: [id16],
  SeatId: [id16],
  SeatSecret: [id32],
  KnockId: [id16],
  MediaIdentity: [id16],
  MediaTicket: [id16],
  GroupId: [id32],
  Hash: [id32],
  Seq: [1],
  Epoch: [1],
  Try: [1],
  Generation: [1],
  Ref: [1],
  // signal.ts
  Knock: ofKind('knock'),
  Wait: ofKind('wait'),
  Sit: ofKind('sit'),
  FirstMessage: first,
  Register: ofKind('register'),
  Answer: ofKind('answer'),
  Package: ofKind('package'),
  BadPackage: ofKind('bad-package'),
  Found: ofKind('found'),
  Commit: ofKind('commit'),
  Void: ofKind('void'),
  Send: ofKind('send'),
  Beat: ofKind('beat'),
  Leaving: ofKind('leaving'),
  Expel: ofKind('expel'),
  Ack: ofKind('ack'),
  Ticket: ofKind('ticket'),
  End: ofKind('end'),
  Ping: ofKind('ping'),
  SeatedMessage: seated,
  WaitingMessage: [{ kind: 'ping' }],
};

const policy = { locked: false, strict: false, screen: 'hosts' };
export const INTENTS = [
  { kind: 'admit', knocks: [id16] },
  { kind: 'refuse', knocks: [id16] },
  { kind: 'remove', person: id32 },
  { kind: 'policy', policy },
  { kind: 'chat', text: 'hello', id: 'a' },
  { kind: 'state', name: 'Ana', hand: true },
  { kind: 'ask-to-mute', person: id32 },
  { kind: 'ticket' },
  { kind: 'leave' },
  { kind: 'end' },
  { kind: 'rejoin' },
];
export const VAULT_REQUESTS = [
  { kind: 'create', token: 't' },
  { kind: 'knock', name: 'Ana' },
  { kind: 'stop-waiting' },
  { kind: 'enter', name: 'Ana' },
  { kind: 'take-over' },
  { kind: 'participants', identities: [id16] },
  { kind: 'stop', alarm: 'ghost' },
  ...INTENTS.map((intent) => ({ kind: 'intent', intent })),
  { kind: 'safety-words', ref: 1 },
  { kind: 'prepare' },
  { kind: 'pulse' },
];

const person = {
  person: id32,
  leaf: 1,
  role: 'guest',
  you: false,
  renamed: false,
  hand: false,
  microphone: true,
  online: true,
  identity: id16,
};
export const VAULT_REPORTS = [
  { kind: 'ready' },
  { kind: 'door', as: 'stranger' },
  { kind: 'cannot', why: 'link-altered' },
  { kind: 'waiting', told: 'told' },
  { kind: 'refused', why: 'locked' },
  { kind: 'admitted' },
  {
    kind: 'view',
    view: {
      phase: 'in',
      host: true,
      generation: 1,
      people: [person],
      policy,
      gateOpen: true,
      hostHeard: true,
      hostSilentMs: 0,
      hostSilentSinceMs: 0,
      knocks: [{ id: id16, name: 'Bo', atMs: 1 }],
      online: true,
      founding: false,
    },
  },
  { kind: 'event', event: { kind: 'chat', person: id32, id: 'a', text: 'hello' }, atMs: 1 },
  { kind: 'event', event: { kind: 'ticket', ticket: text(16) }, atMs: 1 },
  { kind: 'event', event: { kind: 'ended' }, atMs: 1 },
  { kind: 'alarm', code: 'ghost', stopped: true, who: [id32], atMs: 1 },
  { kind: 'safety-words', ref: 1, words: ['one'] },
  { kind: 'link', fragment: id32 },
  { kind: 'created', id: text(16), fragment: id32 },
  { kind: 'create-failed', code: 'internal' },
];

const name = { group: 'g', generation: 0, epoch: 1, try: 0 };
export const WORKER_MESSAGES = [
  {
    kind: 'epoch',
    ...name,
    ownLeaf: 0,
    keys: [],
    own: [],
    sendAfterMs: 0,
    removedLeaves: [2],
    hadRemove: true,
  },
  { kind: 'go' },
  { kind: 'stop', reason: 'x' },
  { kind: 'latch', slot: 'slot-recv', leaf: 1, source: 'camera' },
  { kind: 'unlatch', slot: 'slot-recv' },
  { kind: 'key-frame', slot: 'slot-recv' },
  { kind: 'mute', source: 'microphone', muted: true },
  { kind: 'sif', trailer: new Uint8Array(8) },
  { kind: 'stats', ref: 1 },
  { kind: 'bind', slot: 'slot-recv', side: 'receive', trackKind: 'video', source: 'camera' },
];
