import type { Due, Store } from './store.js';

/** What happens by itself, and when on the sandbox's clock; kept in the store, so a restart goes on with it. */
export class Schedule {
  /** undefined: must be looked for */
  private first: Due | null | undefined;

  constructor(private readonly store: Store) {}

  /** The same kind and subject again takes the place of the former. */
  at(kind: string, subject: string, dueAtMs: number): void {
    const due = { kind, subject, dueAtMs };
    const takesPlace = this.has(kind, subject);
    this.store.put('due', `${kind}/${subject}`, due);
    if (takesPlace || this.first === undefined) this.first = undefined;
    else if (this.first === null || dueAtMs < this.first.dueAtMs) this.first = due;
  }

  has(kind: string, subject: string): boolean {
    return this.store.get('due', `${kind}/${subject}`) !== undefined;
  }

  cancel(kind: string, subject: string): void {
    this.store.delete('due', `${kind}/${subject}`);
    if (this.first?.kind === kind && this.first.subject === subject) this.first = undefined;
  }

  /** The earliest; of two at the same time the one that was ordered first. */
  next(): Due | null {
    if (this.first !== undefined) return this.first;
    let first: Due | null = null;
    for (const due of this.store.each('due')) {
      if (first === null || due.dueAtMs < first.dueAtMs) first = due;
    }
    this.first = first;
    return first;
  }
}
