import type { WithReason } from './installation-month/messages.js';

/**
 * What people and refusals do to any workflow that goes step by step: hold and release it at a step boundary, park it
 * on contradictory input, retry, cancel. Plain state: no clock, no server.
 */
export class Steering {
  #held = false;
  #holding = false;
  #parked: { readonly code: string; readonly since: string } | null = null;
  #retryAsked = false;
  #cancelled: WithReason | null = null;

  /** A new step: what was asked of the last one is over. */
  protected begin(): void {
    this.#retryAsked = false;
    this.#holding = false;
  }

  /** Before the next step; true while `hold` stands. */
  holdHere(): boolean {
    this.#holding = this.#held;
    return this.#held;
  }

  park(refusal: { readonly code: string; readonly detail?: string }, at: string): void {
    const { code, detail } = refusal;
    this.#parked = { code: detail === undefined ? code : `${code}:${detail}`, since: at };
    this.#retryAsked = false;
  }
  unpark(): void {
    this.#parked = null;
    this.#retryAsked = false;
  }

  hold(): void {
    this.#held = true;
  }
  release(): void {
    this.#held = false;
    this.#holding = false;
  }
  retry(): void {
    this.#retryAsked = true;
  }
  cancel(command: WithReason): void {
    this.#cancelled = command;
  }

  get held(): boolean {
    return this.#held;
  }
  /** Stands at a step boundary because of a hold. */
  get holding(): boolean {
    return this.#holding;
  }
  get parked(): { readonly code: string; readonly since: string } | null {
    return this.#parked;
  }
  get retryAsked(): boolean {
    return this.#retryAsked;
  }
  get cancelled(): boolean {
    return this.#cancelled !== null;
  }
  get cancelReason(): string | null {
    return this.#cancelled?.reason ?? null;
  }
}
