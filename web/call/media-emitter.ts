// Typed events out: one union, any number of listeners. Holds no history.

export class MediaEmitter<E> {
  readonly #listeners = new Set<(event: E) => void>();

  /** Returns the way to stop listening. */
  listen(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: E): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
