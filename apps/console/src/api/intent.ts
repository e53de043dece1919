import { ApiError } from './problem.js';

/** A key per intended write: whoever sends it again with the same key sends the same write. Works without TLS too. */
export function newIntentKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * One thing that a person means to do, however often the button is pressed. A press while it is under way joins it; a
 * press after nobody answered (network, 5xx) repeats the same write with the same key, which is carried out once; a
 * press after an answer, or with other words, is a new intent.
 */
export class Intent {
  #underWay: Promise<unknown> | null = null;
  #unanswered: { readonly key: string; readonly words: string } | null = null;

  /** `words`: what the person filled in, as text. Resolves to null when it was only a second press. */
  async once<T>(words: string, write: (key: string) => Promise<T>): Promise<{ readonly answer: T } | null> {
    if (this.#underWay !== null) return null;
    const key = this.#unanswered?.words === words ? this.#unanswered.key : newIntentKey();
    this.#unanswered = { key, words };
    const running = write(key);
    this.#underWay = running;
    try {
      const answer = await running;
      this.#unanswered = null;
      return { answer };
    } catch (error) {
      if (!isUnanswered(error)) this.#unanswered = null;
      throw error;
    } finally {
      this.#underWay = null;
    }
  }
}

function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 0 || error.status >= 500 || error.code === 'idempotency-in-progress';
}
