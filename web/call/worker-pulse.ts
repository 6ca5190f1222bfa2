// Whether a worker still answers: a worker that was ended tells nobody (F-12). Counts its own rounds and no clock,
// so that a laptop that slept or a throttled tab calls nothing dead.
const EVERY_MS = 1_000;

export class WorkerPulse {
  readonly #timer: ReturnType<typeof setInterval>;
  #unanswered = 0;

  constructor(ask: () => void, died: () => void, mostUnanswered = 4) {
    this.#timer = setInterval(() => {
      if (this.#unanswered === mostUnanswered) {
        this.stop();
        return died();
      }
      this.#unanswered++;
      return ask();
    }, EVERY_MS);
  }

  /** Any word of the worker will do. */
  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
