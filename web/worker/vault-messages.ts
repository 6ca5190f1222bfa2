// What the page tells the vault and hears from it: schemas only. No key and no secret is in any of them, apart from
// the fragment on its way in, and the link that a host asks for.
import { MeetingId } from '@in-camera/protocol/ids.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import * as z from 'zod/mini';

const text = (limit: number) => z.string().check(z.maxLength(limit));
const person = text(64);
const count = z.number().check(z.int(), z.minimum(0));
const policy = z.object({
  locked: z.boolean(),
  strict: z.boolean(),
  screen: z.enum(['hosts', 'everyone']),
});

export const ALARM_CODES = [
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
] as const;
const alarmCode = z.enum(ALARM_CODES);

export const intent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('admit'), knocks: z.array(text(32)) }),
  z.object({ kind: z.literal('refuse'), knocks: z.array(text(32)) }),
  z.object({ kind: z.literal('remove'), person }),
  z.object({ kind: z.literal('policy'), policy }),
  z.object({ kind: z.literal('chat'), text: text(LIMITS.chatCharacters), id: text(32) }),
  z.object({
    kind: z.literal('state'),
    name: z.optional(text(LIMITS.nameCharacters)),
    hand: z.optional(z.boolean()),
    microphone: z.optional(z.boolean()),
  }),
  z.object({ kind: z.literal('ask-to-mute'), person }),
  z.object({ kind: z.literal('ticket') }),
  z.object({ kind: z.literal('leave') }),
  z.object({ kind: z.literal('end') }),
  z.object({ kind: z.literal('rejoin') }),
]);

/** Page to vault. */
export const vaultRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    meetingId: MeetingId,
    fragment: z.optional(text(64)),
    frames: z.instanceof(MessagePort),
  }),
  z.object({ kind: z.literal('create'), token: text(128) }),
  z.object({ kind: z.literal('knock'), name: text(LIMITS.nameCharacters) }),
  z.object({ kind: z.literal('stop-waiting') }),
  /** Host, or someone with a pass: go in. `name` is for a host's first time. */
  z.object({ kind: z.literal('enter'), name: z.optional(text(LIMITS.nameCharacters)) }),
  /** Take the meeting over from another tab of this browser. */
  z.object({ kind: z.literal('take-over') }),
  z.object({ kind: z.literal('participants'), identities: z.array(text(64)) }),
  z.object({ kind: z.literal('stop'), alarm: alarmCode }),
  z.object({ kind: z.literal('intent'), intent }),
  z.object({ kind: z.literal('safety-words'), ref: count }),
  /** Load what a session needs, while the person waits at the door. */
  z.object({ kind: z.literal('prepare') }),
  /** Answered at once: a vault that does not is dead (F-12). */
  z.object({ kind: z.literal('pulse') }),
]);
export type VaultRequest = z.infer<typeof vaultRequest>;
export type VaultIntent = z.infer<typeof intent>;

const personView = z.object({
  person,
  leaf: count,
  role: z.enum(['guest', 'cohost', 'host']),
  you: z.boolean(),
  name: z.optional(text(300)),
  /** The name is not the one the host saw at the door. */
  renamed: z.boolean(),
  hand: z.boolean(),
  microphone: z.boolean(),
  online: z.boolean(),
  offlineSinceMs: z.optional(z.number()),
  identity: text(64),
});
export type VaultPerson = z.infer<typeof personView>;

const view = z.object({
  phase: z.enum(['out', 'entering', 'in', 'over']),
  host: z.boolean(),
  epoch: z.optional(count),
  generation: count,
  people: z.array(personView),
  policy: z.optional(policy),
  gateOpen: z.boolean(),
  stopped: z.optional(alarmCode),
  hostHeard: z.boolean(),
  hostSilentMs: z.number(),
  /** When the last beat of a host came, on this device's clock. */
  hostSilentSinceMs: z.number(),
  knocks: z.array(z.object({ id: text(32), name: text(300), atMs: z.number() })),
  online: z.boolean(),
  founding: z.boolean(),
});
export type VaultView = z.infer<typeof view>;

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entered'), rejoined: z.boolean() }),
  z.object({ kind: z.enum(['came-in', 'came-back', 'left', 'away', 'state']), person }),
  z.object({ kind: z.literal('was-removed'), person, by: person }),
  z.object({ kind: z.literal('policy'), policy }),
  z.object({ kind: z.literal('chat'), person, id: text(64), text: text(16_000) }),
  z.object({ kind: z.enum(['chat-sent', 'chat-failed']), id: text(64) }),
  z.object({ kind: z.literal('chat-missing'), person, count }),
  z.object({ kind: z.literal('mute-asked'), by: person }),
  z.object({ kind: z.literal('ticket'), ticket: z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/)) }),
  z.object({ kind: z.literal('ticket-refused'), code: text(64) }),
  z.object({ kind: z.literal('identity'), identity: text(64) }),
  z.object({ kind: z.enum(['removed', 'ended', 'gone', 'elsewhere', 'host-must-come-back']) }),
]);
export type VaultEvent = z.infer<typeof event>;

/** Vault to page. */
export const vaultReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('pulse') }),
  /** The link was read: a stranger's door, someone who comes back, or the host's own. */
  z.object({ kind: z.literal('door'), as: z.enum(['stranger', 'returning', 'host']) }),
  z.object({
    kind: z.literal('cannot'),
    why: z.enum([
      'link-incomplete',
      'over-or-incomplete',
      'link-altered',
      'server-unreachable',
      'server-full',
      'crashed',
    ]),
  }),
  z.object({ kind: z.literal('waiting'), told: z.enum(['sending', 'told', 'no-answer']) }),
  z.object({ kind: z.literal('refused'), why: z.enum(['not-now', 'locked']) }),
  z.object({ kind: z.literal('admitted') }),
  z.object({ kind: z.literal('view'), view }),
  z.object({ kind: z.literal('event'), event, atMs: z.number() }),
  z.object({
    kind: z.literal('alarm'),
    code: alarmCode,
    stopped: z.boolean(),
    who: z.array(person),
    by: z.optional(person),
    atMs: z.number(),
  }),
  z.object({ kind: z.literal('safety-words'), ref: count, words: z.array(text(32)) }),
  z.object({ kind: z.literal('link'), fragment: text(64) }),
  z.object({ kind: z.literal('created'), id: MeetingId, fragment: text(64) }),
  z.object({
    kind: z.literal('create-failed'),
    code: z.enum(['wrong-token', 'unreachable', 'too-many', 'internal']),
  }),
]);
export type VaultReport = z.infer<typeof vaultReport>;
