// What goes into a meeting session and what comes out of it. The shapes of the wire are those of `protocol`,
// written again as types so that this workspace imports nothing of ours; the driver has parsed them by schema.
import type { FrameSource } from '../frame-keys.ts';
import type { Policy } from '../group-context.ts';

export type SeatWord = {
  readonly seat: string;
  readonly role: 'host' | 'cohost' | 'guest';
  readonly mayCommit: boolean;
  readonly online: boolean;
  readonly seated: boolean;
  readonly leaving: boolean;
  readonly identity: string | null;
};
export type SlotWord = {
  readonly group: string;
  readonly generation: number;
  readonly epoch: number;
  readonly try: number;
};
type At = { readonly seq: number; readonly from: string; readonly group: string };
export type OrderWord =
  | (At & {
      readonly kind: 'opening';
      readonly generation: number;
      readonly opening: string;
      readonly identity: string;
    })
  | (At & {
      readonly kind: 'commit';
      readonly epoch: number;
      readonly try: number;
      readonly commit: string;
      readonly added: readonly { readonly seat: string; readonly identity: string }[];
      readonly removed: readonly string[];
    })
  | (At & {
      readonly kind: 'void';
      readonly epoch: number;
      readonly try: number;
      readonly hash: string;
      readonly signature: string;
    })
  | (At & { readonly kind: 'message'; readonly epoch: number; readonly box: string });
export type CommitWord = Extract<OrderWord, { kind: 'commit' }>;
export type VoidWord = Extract<OrderWord, { kind: 'void' }>;

/** Server to session. `pong` and `knocked` are the driver's business. */
export type Inbound =
  | {
      readonly kind: 'seated';
      readonly seat: string;
      readonly role: string;
      readonly seq: number;
      readonly slot: SlotWord | null;
      readonly seats: readonly SeatWord[];
      readonly opening: string | null;
    }
  | { readonly kind: 'order'; readonly item: OrderWord }
  | { readonly kind: 'gap'; readonly seq: number }
  | {
      readonly kind: 'beat';
      readonly from: string;
      readonly group: string;
      readonly epoch: number;
      readonly box: string;
    }
  | {
      readonly kind: 'welcome';
      readonly seq: number;
      readonly group: string;
      readonly generation: number;
      readonly epoch: number;
      readonly try: number;
      readonly from: string;
      readonly opening: string;
      readonly secrets: string;
      readonly groupInfo: string;
    }
  | {
      readonly kind: 'job';
      readonly job: number;
      readonly packages: readonly { readonly seat: string; readonly box: string }[];
      readonly leaving: readonly { readonly seat: string; readonly statement: string }[];
      readonly online: readonly string[];
    }
  | { readonly kind: 'seat'; readonly view: SeatWord }
  | { readonly kind: 'seat-gone'; readonly seat: string }
  | { readonly kind: 'package-refused' }
  | { readonly kind: 'knock'; readonly knock: string; readonly box: string }
  | { readonly kind: 'knock-gone'; readonly knock: string }
  | {
      readonly kind: 'reply';
      readonly ref: number;
      readonly ok: true;
      readonly ticket?: string | undefined;
      readonly seq?: number | undefined;
    }
  | { readonly kind: 'refused'; readonly ref: number; readonly code: string }
  | { readonly kind: 'ended' };
export type JobWord = Extract<Inbound, { kind: 'job' }>;

/** Session to server: as `protocol/signal.ts`. */
export type Outbound =
  | { readonly kind: 'sit'; readonly secret: string; readonly since: number | null }
  | { readonly kind: 'register'; readonly ref: number; readonly seat: string }
  | {
      readonly kind: 'answer';
      readonly ref: number;
      readonly knock: string;
      readonly box: string;
      readonly last: boolean;
    }
  | { readonly kind: 'package'; readonly ref: number; readonly box: string }
  | {
      readonly kind: 'bad-package';
      readonly ref: number;
      readonly seat: string;
      readonly box: string;
    }
  | {
      readonly kind: 'found';
      readonly ref: number;
      readonly group: string;
      readonly generation: number;
      readonly opening: string;
      readonly identity: string;
    }
  | {
      readonly kind: 'commit';
      readonly ref: number;
      readonly group: string;
      readonly epoch: number;
      readonly try: number;
      readonly commit: string;
      readonly added: readonly {
        readonly seat: string;
        readonly identity: string;
        readonly secrets: string;
      }[];
      readonly groupInfo: string | null;
      readonly removed: readonly string[];
    }
  | {
      readonly kind: 'void';
      readonly ref: number;
      readonly group: string;
      readonly epoch: number;
      readonly try: number;
      readonly hash: string;
      readonly signature: string;
    }
  | {
      readonly kind: 'send';
      readonly ref: number;
      readonly group: string;
      readonly epoch: number;
      readonly box: string;
    }
  | { readonly kind: 'beat'; readonly group: string; readonly epoch: number; readonly box: string }
  | { readonly kind: 'leaving'; readonly ref: number; readonly statement: string }
  | { readonly kind: 'expel'; readonly ref: number }
  | { readonly kind: 'ack'; readonly seq: number }
  | { readonly kind: 'ticket'; readonly ref: number }
  | { readonly kind: 'end'; readonly ref: number };

/** What a person wants. Persons are named by leaf key, base64url. */
export type Intent =
  | { readonly kind: 'admit'; readonly knocks: readonly string[] }
  | { readonly kind: 'refuse'; readonly knocks: readonly string[] }
  | { readonly kind: 'remove'; readonly person: string }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'chat'; readonly text: string; readonly id: string }
  | {
      readonly kind: 'state';
      readonly name?: string;
      readonly hand?: boolean;
      readonly microphone?: boolean;
    }
  | { readonly kind: 'ask-to-mute'; readonly person: string }
  | { readonly kind: 'ticket' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'end' }
  | { readonly kind: 'rejoin' };

export type Input =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'server'; readonly message: Inbound }
  | { readonly kind: 'tick' }
  /** The media server's participants as this client's own connection reports them. */
  | { readonly kind: 'participants'; readonly identities: readonly string[] }
  /** A fresh admission, signed again after the era was raised. */
  | { readonly kind: 'readmitted'; readonly admission: Uint8Array }
  /** Something outside saw that nothing may be sent any more (watchdog, worker). */
  | { readonly kind: 'stop'; readonly alarm: AlarmCode }
  | { readonly kind: 'intent'; readonly intent: Intent };

export type AlarmCode =
  | 'ghost'
  | 'bad-member'
  | 'role-breach'
  | 'commit-garbage'
  | 'fork'
  | 'behind'
  | 'server-behind'
  | 'media-surplus'
  | 'plaintext'
  | 'foreign-frames'
  | 'worker-died'
  | 'void-failed';

/** Base secrets of one epoch, one a sender and source; the driver turns them into non-extractable keys and wipes them. */
export type EpochKeys = {
  readonly group: string;
  readonly generation: number;
  readonly epoch: number;
  readonly try: number;
  readonly ownLeaf: number;
  readonly senders: readonly {
    readonly leaf: number;
    readonly source: FrameSource;
    readonly secret: Uint8Array;
  }[];
  readonly removedLeaves: readonly number[];
  readonly hadRemove: boolean;
  readonly sendAfterMs: 0 | 300;
};

export type Effect =
  | { readonly kind: 'send'; readonly message: Outbound }
  | { readonly kind: 'keys'; readonly keys: EpochKeys }
  | { readonly kind: 'gate'; readonly open: boolean }
  | { readonly kind: 'wipe' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'changed' }
  | {
      readonly kind: 'alarm';
      readonly code: AlarmCode;
      readonly stopped: boolean;
      readonly who: readonly string[];
      readonly by?: string;
    }
  | { readonly kind: 'event'; readonly event: SessionEvent };

export type SessionEvent =
  | { readonly kind: 'entered'; readonly rejoined: boolean }
  | { readonly kind: 'came-in' | 'came-back' | 'left' | 'away'; readonly person: string }
  | { readonly kind: 'was-removed'; readonly person: string; readonly by: string }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'state'; readonly person: string }
  | { readonly kind: 'chat'; readonly person: string; readonly id: string; readonly text: string }
  | { readonly kind: 'chat-sent' | 'chat-failed'; readonly id: string }
  | { readonly kind: 'chat-missing'; readonly person: string; readonly count: number }
  | { readonly kind: 'mute-asked'; readonly by: string }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'ticket-refused'; readonly code: string }
  | { readonly kind: 'identity'; readonly identity: string } // our media identity changed: a new ticket is due
  | { readonly kind: 'removed' | 'ended' | 'gone' | 'elsewhere' | 'host-must-come-back' };
