/** One bounded queue per key: tasks of a key run one after another in the order given, different keys side by side. */
export class SerialQueues {
  private readonly tails = new Map<string, { tail: Promise<void>; waiting: number }>();

  constructor(private readonly limit: number) {}

  /** Runs the task after the earlier ones of its key. Null, without running it, when `limit` of them are waiting. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> | null {
    const queue = this.tails.get(key) ?? { tail: Promise.resolve(), waiting: 0 };
    if (queue.waiting >= this.limit) return null;
    queue.waiting += 1;
    this.tails.set(key, queue);
    const result = queue.tail.then(task);
    queue.tail = result.then(
      () => this.done(key, queue),
      () => this.done(key, queue),
    );
    return result;
  }

  /** Tasks of the key that have not ended. */
  waiting(key: string): number {
    return this.tails.get(key)?.waiting ?? 0;
  }

  /** Tasks that have not ended, of all keys. */
  get pending(): number {
    let sum = 0;
    for (const queue of this.tails.values()) sum += queue.waiting;
    return sum;
  }

  /** Resolves when nothing is left to run. */
  async drained(): Promise<void> {
    while (this.tails.size > 0) await Promise.all([...this.tails.values()].map((queue) => queue.tail));
  }

  private done(key: string, queue: { waiting: number }): void {
    queue.waiting -= 1;
    if (queue.waiting === 0) this.tails.delete(key);
  }
}
