// The parts of a session's memory, as types. Nothing is decided here.
import type { Serial } from '../admission.ts';
import type { Bytes } from '../bytes.ts';
import type { GroupContext } from '../group-context.ts';
import type { Knock } from '../knock.ts';
import type { Member } from '../member-rule.ts';
import type { MlsClient, MlsSnapshot } from '../mls/index.ts';
import type { Signer } from '../signing.ts';
import type { HostRecord, Pass } from './pass.ts';
import type { CommitWord } from './signals.ts';

/** What the group was before the last merge: a void puts it back. */
export type Before = {
  readonly snapshot: MlsSnapshot;
  readonly epoch: number;
  readonly keyTry: number;
  readonly members: readonly Member[];
  readonly context: GroupContext;
};

export type LastCommit = {
  readonly epoch: number;
  readonly try: number;
  readonly hash: string;
  /** Undefined for who joined by this commit: a void sends it back to the door. */
  readonly before: Before | undefined;
  readonly committer: Member | undefined;
  readonly removedSeats: readonly string[];
  /** Whom our own commit expelled: a void must not make us forget it. */
  readonly expelled: readonly string[];
};

/** A commit that was refused and waits for its void. */
export type Bad = {
  readonly word: CommitWord;
  readonly hash: string;
  readonly code: 'ghost' | 'role-breach' | 'commit-garbage';
  readonly who: readonly string[];
  readonly by: string | undefined;
  readonly atMs: number;
  /** The void has not come in time: nothing is sent until it does. */
  readonly stopped: boolean;
  /** Another commit stands behind it or its void was refused: no void can undo it any more. */
  readonly stuck: boolean;
  readonly voidSentMs: number | undefined;
};

export type Pending = {
  readonly commit: string;
  readonly states: boolean;
  readonly added: readonly { readonly seat: string; readonly identity: string }[];
  readonly removed: readonly string[];
};

export type Group = {
  readonly client: MlsClient;
  readonly groupId: Bytes;
  readonly id: string;
  readonly generation: number;
  epoch: number;
  /** Try of the commit that led to this epoch: part of keys and KIDs. */
  keyTry: number;
  /** Try of the slot that the next commit must name. */
  slotTry: number;
  context: GroupContext;
  members: readonly Member[];
  /** Media identity by leaf key, both base64url; and ours. */
  identities: ReadonlyMap<string, string>;
  last: LastCommit | undefined;
  bad: Bad | undefined;
  /** Our own commit on its way: its bytes in base64url, and what the server must say of it. */
  pending: Pending | undefined;
  joinedAtMs: number;
  hostBeatMs: number | undefined;
  nextBeatMs: number;
};

export type Admitted = {
  readonly knock: Knock;
  readonly seatSecret: Bytes;
  readonly seat: string;
  readonly serial: Serial;
  readonly era: number;
  readonly atMs: number;
  /** Credential bytes, to say it again when the answer may have been lost. */
  readonly admission: Bytes;
};
export type OpenKnock = { readonly knock: Knock; readonly atMs: number };

export type Hosting = {
  readonly authority: Signer;
  record: HostRecord;
  nextSerial: number;
  readonly knocks: Map<string, OpenKnock>;
  readonly admitted: Map<string, Admitted>;
  readonly expulsions: Map<string, 'expelled' | 'absent'>;
  wantedPolicy: GroupContext['policy'] | undefined;
  /** The server's generation: the next one is founded above it, also when a crash lost our own count. */
  slotGeneration: number;
  /** When to found the next generation if nobody lets us back in. */
  foundAtMs: number | undefined;
  founding: { readonly group: Group; readonly ref: number } | undefined;
};

export type OutgoingChat = {
  readonly id: string;
  readonly text: string;
  readonly count: number;
  readonly previous: Bytes;
  readonly idBytes: Bytes;
  state:
    | { readonly kind: 'waiting' }
    | {
        readonly kind: 'sealed';
        readonly box: string;
        readonly group: string;
        readonly epoch: number;
        /** On which connection it went out: a lost reply is settled by the next one's sequence. */
        readonly socket: number;
      }
    | { readonly kind: 'sent'; readonly group: string; readonly epoch: number };
};

/** What we know of one person's chat: where its chain stands and which messages we have. */
export type Chain = {
  readonly count: number;
  readonly hash: Bytes;
  readonly attempt: number;
  readonly ids: readonly string[];
};

/** A seat whose beats do not fit ours: in a later epoch, of other keys, or over another history. */
export type Dissent = {
  readonly kind: 'ahead' | 'unreadable' | 'hash';
  readonly sinceMs: number;
  readonly told: boolean;
};

export type Keeper = (pass: Pass, record: HostRecord | undefined) => Promise<void>;
