/**
 * Local activities of one workflow run one after the other, never two at once: two that are under way together may end
 * in another order when the history is replayed, and what follows from them then does not fit the history.
 */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(local: () => Promise<T>): Promise<T> {
    const next = this.#last.then(local);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
