// The frames worker's keys: what may be opened now, and what seals now. It alone decides whether
// anything is sent: closed at the start, after a stop and for ever after a wipe. A counter that
// was handed out for a key identifier is never handed out again while the worker lives.
import {
  FIRST_COUNTER,
  type FrameCounter,
  FrameOpener,
  FrameSealer,
} from '@in-camera/crypto/frame-cipher.ts';
import {
  decodeKid,
  type EpochName,
  emptyRing,
  encodeKid,
  FrameKeyError,
  type KeyRing,
  type LiveKey,
  type MissingKey,
  missingKey,
  pruneRing,
  turnRing,
} from '@in-camera/crypto/frame-keys.ts';
import { ReplayWindow } from '@in-camera/crypto/replay.ts';
import type { EpochMessage, Source, VaultMessage } from './frames-messages.ts';

export interface OpenKey {
  readonly opener: FrameOpener;
  readonly window: ReplayWindow;
}

type OwnKeys = EpochMessage['own'];
type Timer = ReturnType<typeof setTimeout>;

export class FrameKeyRing {
  #ring: KeyRing<OpenKey> = emptyRing();
  #gate: 'closed' | 'open' | 'wiped' = 'closed';
  readonly #sealers = new Map<Source, FrameSealer>();
  readonly #switches = new Set<Timer>();
  /** By key identifier: what comes next, null when spent. Kept as long as the worker lives. */
  readonly #counters = new Map<number, FrameCounter | null>();
  readonly #windows = new Map<number, ReplayWindow>();
  #pruneTimer: Timer | null = null;
  readonly #waiters = new Set<() => void>();
  #stops = 0;
  readonly #now: () => number;
  readonly #first: FrameCounter;

  /** `first` is where every counter starts; tests begin just below a boundary. */
  constructor(now: () => number = () => performance.now(), first: FrameCounter = FIRST_COUNTER) {
    this.#now = now;
    this.#first = first;
  }

  get sending(): boolean {
    return this.#gate === 'open';
  }

  /** Throws FrameKeyError for what the protocol does not allow; nothing is sent after that. */
  handleVault(message: VaultMessage): void {
    if (this.#gate === 'wiped') return;
    switch (message.kind) {
      case 'epoch':
        this.#handleEpoch(message);
        return;
      case 'go':
        this.#gate = 'open';
        return;
      case 'stop':
        this.stop();
        return;
      case 'wipe':
        this.#wipe();
    }
  }

  /** Drops every sending key at once; receiving goes on. A new epoch and a new go are needed. */
  stop(): void {
    if (this.#gate === 'open') this.#gate = 'closed';
    this.#stops++;
    this.#retireSealers();
    this.#dropSwitches();
  }

  /** Differs after every stop: what was being sealed across one must not leave. */
  get stops(): number {
    return this.#stops;
  }

  /** Null: nothing of this source may leave now. To be asked before sealing and again after. */
  sealer(source: Source): FrameSealer | null {
    return this.#gate === 'open' ? (this.#sealers.get(source) ?? null) : null;
  }

  find(kid: number): LiveKey<OpenKey> | MissingKey {
    const live = this.#ring.live.get(kid);
    if (live === undefined) return missingKey(this.#ring, kid);
    return live.untilMs > this.#now() ? live : 'stale';
  }

  /** Resolves when the next epoch arrives, or after the given time. */
  waitForTurn(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiters.add(wake);
    });
  }

  #handleEpoch(message: EpochMessage): void {
    const of: EpochName = {
      group: message.group,
      generation: message.generation,
      epoch: message.epoch,
      try: message.try,
    };
    refuseForeignOwn(message, of);
    const before = this.#ring.current;
    const keys = message.keys.map(({ kid, leaf, source, key, salt }) => ({
      kid,
      leaf,
      source,
      value: { opener: new FrameOpener({ key, salt }), window: this.#windowOf(kid) },
    }));
    this.#ring = turnRing(this.#ring, { ...message, keys }, this.#now());
    this.#forgetWindows();
    this.#planPrune();
    // A void: what was sealing is not rightful any more, so nothing waits.
    const isVoid = before !== null && before.group === of.group && of.epoch <= before.epoch;
    this.#planSwitch(message.own, isVoid ? 0 : message.sendAfterMs);
    for (const wake of [...this.#waiters]) wake();
  }

  #planSwitch(own: OwnKeys, afterMs: number): void {
    if (afterMs === 0) {
      this.#dropSwitches();
      this.#switchTo(own);
      return;
    }
    const timer = setTimeout(() => {
      this.#switches.delete(timer);
      this.#switchTo(own);
    }, afterMs);
    this.#switches.add(timer);
  }

  #dropSwitches(): void {
    for (const timer of this.#switches) clearTimeout(timer);
    this.#switches.clear();
  }

  #switchTo(own: OwnKeys): void {
    this.#retireSealers();
    for (const { kid, source, key, salt } of own) {
      const next = this.#counters.has(kid) ? this.#counters.get(kid) : this.#first;
      if (next) this.#sealers.set(source, new FrameSealer(kid, { key, salt }, next));
    }
  }

  #retireSealers(): void {
    for (const sealer of this.#sealers.values()) this.#counters.set(sealer.kid, sealer.next);
    this.#sealers.clear();
  }

  /** One window a key identifier, also across a void that brings it back with another key. */
  #windowOf(kid: number): ReplayWindow {
    let window = this.#windows.get(kid);
    if (window === undefined) {
      window = new ReplayWindow();
      this.#windows.set(kid, window);
    }
    return window;
  }

  /** Windows of the current epoch and its neighbours stay: turnRing refuses to go further back. */
  #forgetWindows(): void {
    const { current } = this.#ring;
    if (current === null) return;
    for (const kid of this.#windows.keys()) {
      const parts = decodeKid(kid);
      if (parts === null || this.#ring.live.has(kid)) continue;
      const distance = (current.epoch - parts.epoch + 1) & 0xffff;
      if (parts.generation !== (current.generation & 15) || distance > 2) this.#windows.delete(kid);
    }
  }

  /** Keys whose time is over leave memory without waiting for the next epoch. */
  #planPrune(): void {
    if (this.#pruneTimer !== null) clearTimeout(this.#pruneTimer);
    this.#pruneTimer = null;
    let next = Number.POSITIVE_INFINITY;
    for (const key of this.#ring.live.values()) next = Math.min(next, key.untilMs);
    if (!Number.isFinite(next)) return;
    const prune = () => {
      this.#ring = pruneRing(this.#ring, this.#now());
      this.#planPrune();
    };
    this.#pruneTimer = setTimeout(prune, Math.max(0, next - this.#now()) + 1);
  }

  #wipe(): void {
    this.stop();
    this.#gate = 'wiped';
    this.#ring = emptyRing();
    this.#windows.clear();
    if (this.#pruneTimer !== null) clearTimeout(this.#pruneTimer);
  }
}

/** Own keys must be named for this epoch, this leaf and their source: rule 8 of attacks.md. */
function refuseForeignOwn(message: EpochMessage, of: EpochName): void {
  for (const { kid, source } of message.own) {
    const instance = decodeKid(kid)?.instance ?? 0;
    const { generation, epoch } = of;
    const wanted = encodeKid({
      source,
      instance,
      generation,
      leaf: message.ownLeaf,
      try: of.try,
      epoch,
    });
    if (wanted !== kid) throw new FrameKeyError('kid-mismatch');
  }
}
