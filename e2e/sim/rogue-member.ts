// An invited member who runs a changed client: the product's own MLS and pass, with every check removed. It drives MLS
// by hand, merges whatever is ordered, and posts any commit, with any words beside it. For tests only.
import { type Admission, readAdmission, seatOf } from '@in-camera/crypto/admission.ts';
import { type Bytes, ByteWriter, fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { type CommitData, encodeCommitData } from '@in-camera/crypto/commit-data.ts';
import { FRAME_EXPORTER_LABEL, frameKeyContext } from '@in-camera/crypto/frame-keys.ts';
import {
  decodeGroupContext,
  encodeGroupContext,
  type GroupContext,
} from '@in-camera/crypto/group-context.ts';
import { deriveLinkKeys, type LinkKeys } from '@in-camera/crypto/link.ts';
import {
  inspectKeyPackage,
  type LeafView,
  MlsClient,
  MlsError,
  type MlsSnapshot,
} from '@in-camera/crypto/mls/index.ts';
import { buildWelcome, splitWelcome } from '@in-camera/crypto/mls/welcome.ts';
import { sealBox } from '@in-camera/crypto/sealing.ts';
import type { Pass } from '@in-camera/crypto/session/pass.ts';
import type { Inbound, OrderWord } from '@in-camera/crypto/session/signals.ts';
import { mediaIdentityOf } from '@in-camera/crypto/statements.ts';
import { encodeTalk, type Talk } from '@in-camera/crypto/talk.ts';
import type { SimMeeting } from './meeting.ts';

const attemptBytes = (attempt: number): Bytes => new ByteWriter().u32(attempt).finish();

export type Evil = {
  readonly adds?: readonly Uint8Array[];
  readonly removes?: readonly number[];
  readonly context?: GroupContext;
  readonly forcePath?: boolean;
  readonly withPsk?: boolean;
  /** What the authenticated data says; the truth about Adds and Removes by default. */
  readonly data?: Partial<CommitData>;
  /** What it tells the server. */
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
};

/** Where it stands: a simulated meeting, or the real server (e2e/harness/insider.ts). */
export interface RogueGround {
  readonly listeners: Map<string, (message: Inbound) => void>;
  readonly delivery: Pick<SimMeeting['delivery'], 'take' | 'slot'>;
}

export class RogueMember {
  readonly sim: RogueGround;
  readonly name: string;
  readonly pass: Pass;
  readonly seat: string;
  readonly keys: LinkKeys;
  client: MlsClient;
  /** Everything the server ever sent here. */
  readonly heard: Inbound[] = [];
  attempt = 0;
  slotTry = 0;
  seq = 0;
  #pending: string | undefined;
  #before: MlsSnapshot | undefined;
  #ref = 1;

  private constructor(sim: RogueGround, name: string, pass: Pass, seat: string, keys: LinkKeys) {
    this.sim = sim;
    this.name = name;
    this.pass = pass;
    this.seat = seat;
    this.keys = keys;
    this.client = this.newClient();
  }

  /** Knocks like anybody, is admitted, and then goes its own way. */
  static async invite(sim: SimMeeting, name: string): Promise<RogueMember> {
    const onPass = sim.onPass;
    let got: Pass | undefined;
    sim.onPass = async (who, pass) => {
      if (who === name) got = pass;
      else await onPass(who, pass);
    };
    const id = await sim.knock(name);
    await sim.run(100);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(300);
    sim.onPass = onPass;
    if (got === undefined) throw new Error('not admitted');
    return RogueMember.with(sim, name, got);
  }

  /** Someone who has a pass already: an honest member that turns. */
  static async with(sim: RogueGround, name: string, pass: Pass): Promise<RogueMember> {
    const seat = toBase64url(await seatOf(pass.seatSecret));
    const keys = await deriveLinkKeys(pass.linkSecret, pass.charter.meetingId, pass.linkVersion);
    const rogue = new RogueMember(sim, name, pass, seat, keys);
    sim.listeners.set(seat, (message) => rogue.hear(message));
    return rogue;
  }

  /** As `invite`, and lets itself be added. */
  static async join(sim: SimMeeting, name: string): Promise<RogueMember> {
    const rogue = await RogueMember.invite(sim, name);
    await rogue.enter();
    await sim.run(1500);
    if (!rogue.client.hasGroup()) throw new Error('not let in');
    return rogue;
  }

  newClient(credential: Uint8Array = this.pass.admission): MlsClient {
    const { charter, leafSeed } = this.pass;
    this.attempt++;
    const client = new MlsClient(charter.suite, leafSeed, credential, attemptBytes(this.attempt));
    client.setPsk(this.keys.pskId, this.keys.pskSecret);
    return client;
  }

  sit(): void {
    this.say({ kind: 'sit', secret: toBase64url(this.pass.seatSecret), since: null });
  }

  say(message: Parameters<SimMeeting['delivery']['take']>[1]): void {
    this.sim.delivery.take(this.seat, message);
  }

  ref(): number {
    return this.#ref++;
  }

  async enter(keyPackage: Uint8Array = this.client.keyPackage()): Promise<void> {
    this.sit();
    await this.offer(keyPackage);
  }

  async offer(keyPackage: Uint8Array): Promise<void> {
    const { meetingId } = this.pass.charter;
    const box = toBase64url(await sealBox(this.keys.packageKey, 'package', meetingId, keyPackage));
    this.say({ kind: 'package', ref: this.ref(), box });
  }

  hear(message: Inbound): void {
    this.heard.push(message);
    if (message.kind === 'welcome') this.#join(message);
    if (message.kind === 'order') this.follow(message.item);
  }

  #join(word: Extract<Inbound, { kind: 'welcome' }>): void {
    if (this.client.hasGroup()) return;
    const { suite } = this.pass.charter;
    const [secrets, info] = [fromBase64url(word.secrets), fromBase64url(word.groupInfo)];
    try {
      this.client.stageWelcome(buildWelcome(suite, secrets, info));
      this.client.joinStaged();
      this.slotTry = 0;
      this.seq = word.seq;
    } catch (error) {
      if (!(error instanceof MlsError)) throw error;
    }
  }

  /** Merges what is ordered, without a look at it. */
  follow(item: OrderWord): void {
    if (!this.client.hasGroup() || item.seq <= this.seq) return;
    this.seq = item.seq;
    try {
      if (item.kind === 'commit') this.#merge(item.commit, item.try);
      if (item.kind === 'void' && this.#before) {
        this.client.restore(this.#before);
        this.#before = undefined;
        this.slotTry = item.try + 1;
      }
    } catch (error) {
      if (!(error instanceof MlsError)) throw error;
    }
  }

  #merge(commit: string, _tried: number): void {
    if (this.#pending === commit) {
      this.#before = this.client.snapshot();
      this.client.mergePending();
    } else {
      if (this.client.hasPending()) this.client.clearPending();
      this.client.process(fromBase64url(commit));
      this.#before = this.client.snapshot();
      this.client.mergeStaged();
    }
    this.#pending = undefined;
    this.slotTry = 0;
  }

  context(): GroupContext {
    return decodeGroupContext(this.client.groupContext());
  }

  admissionOf(leaf: Pick<LeafView, 'credential'>): Admission {
    const read = readAdmission(this.pass.charter.authorityKey, leaf.credential);
    if (read === undefined) throw new Error('a leaf without an admission');
    return read;
  }

  leafOf(person: string): LeafView {
    const leaf = this.client.leaves().find((one) => toBase64url(one.signatureKey) === person);
    if (leaf === undefined) throw new Error('no such leaf');
    return leaf;
  }

  /** A real commit of anything, still pending. */
  async make(evil: Evil): Promise<{ commit: string; welcome: Bytes | undefined }> {
    const adds = evil.adds ?? [];
    const removes = evil.removes ?? [];
    const data: CommitData = {
      added: await Promise.all(adds.map((one) => this.#describe(one))),
      removed: removes.flatMap((index) => {
        const leaf = this.client.leaves().find((one) => one.index === index);
        return leaf ? [this.admissionOf(leaf).seat] : [];
      }),
      leavings: [],
      ...evil.data,
    };
    const { commit, welcome } = this.client.commit({
      adds,
      removes,
      ...((evil.withPsk ?? adds.length > 0) ? { pskId: this.keys.pskId } : {}),
      ...(evil.context ? { groupContext: encodeGroupContext(evil.context) } : {}),
      forcePath: evil.forcePath ?? false,
      aad: encodeCommitData(data),
    });
    this.#pending = toBase64url(commit);
    return { commit: this.#pending, welcome };
  }

  async #describe(keyPackage: Uint8Array): Promise<{ seat: Bytes; identity: Bytes }> {
    const { leaf } = inspectKeyPackage(this.pass.charter.suite, keyPackage);
    const groupId = Uint8Array.from(this.client.groupId());
    const attempt = new DataView(Uint8Array.from(leaf.attempt).buffer).getUint32(0);
    const read = readAdmission(this.pass.charter.authorityKey, leaf.credential);
    const identity = await mediaIdentityOf(groupId, leaf.signatureKey, attempt);
    return { seat: read?.seat ?? Uint8Array.from(leaf.signatureKey.slice(0, 16)), identity };
  }

  /** Makes a commit and posts it like an honest one would be, apart from what `evil` says otherwise. */
  async commit(evil: Evil): Promise<string> {
    const epoch = Number(this.client.epoch());
    const { commit, welcome } = await this.make(evil);
    const parts = welcome && splitWelcome(welcome);
    const described = await Promise.all((evil.adds ?? []).map((one) => this.#describe(one)));
    const named = evil.added ?? described.map((one) => toBase64url(one.seat));
    const added = described
      .map((one, i) => ({
        seat: toBase64url(one.seat),
        identity: toBase64url(one.identity),
        secrets: toBase64url(parts?.secrets[i]?.bytes ?? new Uint8Array(2)),
      }))
      .filter((one) => named.includes(one.seat));
    const removed = evil.removed ?? [];
    const info = parts && added.length > 0 ? toBase64url(parts.groupInfo) : null;
    const group = toBase64url(this.client.groupId());
    const tried = this.slotTry;
    const ref = this.ref();
    this.say({
      kind: 'commit',
      ref,
      group,
      epoch,
      try: tried,
      commit,
      added,
      groupInfo: info,
      removed,
    });
    return commit;
  }

  /** Any bytes as a commit. */
  postBytes(commit: Uint8Array, removed: readonly string[] = []): void {
    const { slot } = this.sim.delivery;
    if (slot === null) throw new Error('no slot');
    this.say({
      kind: 'commit',
      ref: this.ref(),
      group: slot.group,
      epoch: slot.epoch,
      try: slot.try,
      commit: toBase64url(commit),
      added: [],
      groupInfo: null,
      removed,
    });
  }

  talk(talk: Talk): void {
    const box = toBase64url(this.client.encrypt(encodeTalk(talk), new Uint8Array(0)));
    const group = toBase64url(this.client.groupId());
    const epoch = Number(this.client.epoch());
    this.say({ kind: 'send', ref: this.ref(), group, epoch, box });
  }

  beat(box: Uint8Array, epoch: number): void {
    const group = toBase64url(this.client.groupId());
    this.say({ kind: 'beat', group, epoch, box: toBase64url(box) });
  }

  /** The frame key that this client would derive for a sender now; undefined when it can derive nothing. */
  frameKey(leaf: number, tried = 0): string | undefined {
    try {
      const context = frameKeyContext(tried, leaf, 'microphone');
      return toBase64url(this.client.export(FRAME_EXPORTER_LABEL, context, 32));
    } catch (error) {
      if (error instanceof MlsError) return undefined;
      throw error;
    }
  }
}
