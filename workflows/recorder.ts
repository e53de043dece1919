/**
 * Writes a workflow's progress to the database in the order it happened, one write at a time: a late write never
 * overtakes an earlier one, and what changed twice while a write was under way is written once.
 */
export class Recorder {
  readonly #write: () => Promise<void>;
  #running: Promise<void> | null = null;
  #again: Promise<void> | null = null;

  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the state as of this call has been written. */
  record(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#write().finally(() => (this.#running = null));
      return this.#running;
    }
    this.#again ??= this.#running.then(() => {
      this.#again = null;
      return this.record();
    });
    return this.#again;
  }
}
