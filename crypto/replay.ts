// Replay window of one receiving key (RFC 9605 section 9.3): each counter is taken once.
// Knows neither keys nor frames. Counters are 64 bits wide, kept as two unsigned 32-bit
// halves, because a bigint for each of 1,500 frames a second would be the dearest line here.

/** Layers share one counter and the media server forwards one of them: gaps up to 48 were measured. */
export const REPLAY_WINDOW = 1024;

const TWO_32 = 0x1_0000_0000;

export class ReplayWindow {
  /** One bit per counter, at its value modulo the window; 1024 divides 2^32, so the low half decides. */
  readonly #bits = new Uint32Array(REPLAY_WINDOW / 32);
  #hi = 0;
  #lo = 0;
  #empty = true;

  /** Cheap refusal before any decryption. Not the verdict: two copies may be in flight at once. */
  mayTake(hi: number, lo: number): boolean {
    if (this.#empty) return true;
    const ahead = this.#ahead(hi, lo);
    if (ahead > 0) return true;
    return ahead > -REPLAY_WINDOW && !this.#has(lo);
  }

  /** The verdict, to be asked once, after the tag was found good. True takes the counter for ever. */
  take(hi: number, lo: number): boolean {
    if (!this.mayTake(hi, lo)) return false;
    const ahead = this.#empty ? REPLAY_WINDOW : this.#ahead(hi, lo);
    if (ahead > 0) this.#advance(ahead, hi, lo);
    const bit = lo & (REPLAY_WINDOW - 1);
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    return true;
  }

  /** Exact while the distance is below 2^53; beyond that only its sign and size matter, and hold. */
  #ahead(hi: number, lo: number): number {
    return (hi - this.#hi) * TWO_32 + (lo - this.#lo);
  }

  #has(lo: number): boolean {
    const bit = lo & (REPLAY_WINDOW - 1);
    return (((this.#bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  #advance(ahead: number, hi: number, lo: number): void {
    if (ahead >= REPLAY_WINDOW) this.#bits.fill(0);
    else {
      for (let step = 1; step < ahead; step++) {
        const bit = (this.#lo + step) & (REPLAY_WINDOW - 1);
        this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) & ~(1 << (bit & 31));
      }
    }
    this.#hi = hi;
    this.#lo = lo;
    this.#empty = false;
  }
}
