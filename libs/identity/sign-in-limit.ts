export interface SignInLimits {
  /** Failed attempts allowed within the window, per account and per address. */
  readonly perAccount: number;
  readonly perAddress: number;
  readonly windowMs: number;
  /** At most this many names are remembered; the oldest are forgotten first. */
  readonly remembered: number;
}

export const SIGN_IN_LIMITS: SignInLimits = {
  perAccount: 10,
  perAddress: 50,
  windowMs: 15 * 60_000,
  remembered: 20_000,
};

/**
 * Counts failed sign-ins per account and per address. In the memory of one process: several back offices each allow
 * their own share, and a restart forgives.
 */
export class SignInLimit {
  readonly #failures = new Map<string, number[]>();
  readonly #limits: SignInLimits;

  constructor(limits: SignInLimits = SIGN_IN_LIMITS) {
    this.#limits = limits;
  }

  /** Seconds until another attempt is allowed; 0 when it is allowed now. */
  retryAfterSeconds(account: string, address: string, now: Date): number {
    const waits = [
      this.#waitMs(`account/${account}`, this.#limits.perAccount, now),
      this.#waitMs(`address/${address}`, this.#limits.perAddress, now),
    ];
    return Math.ceil(Math.max(...waits) / 1000);
  }

  /** An attempt begins: it counts until it proves good, so that many at once do not slip through together. */
  recordAttempt(account: string, address: string, now: Date): void {
    for (const name of [`account/${account}`, `address/${address}`]) {
      const recent = this.#recent(name, now);
      this.#failures.delete(name);
      this.#failures.set(name, [...recent, now.getTime()]);
    }
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= this.#limits.remembered) break;
      this.#failures.delete(oldest);
    }
  }

  /** The attempt was good: the account starts afresh and the address gets this attempt back. */
  recordSuccess(account: string, address: string): void {
    this.#failures.delete(`account/${account}`);
    this.#failures.get(`address/${address}`)?.pop();
  }

  #recent(name: string, now: Date): number[] {
    const since = now.getTime() - this.#limits.windowMs;
    return (this.#failures.get(name) ?? []).filter((at) => at > since);
  }

  #waitMs(name: string, allowed: number, now: Date): number {
    const recent = this.#recent(name, now);
    const freesAt = recent[recent.length - allowed];
    return freesAt === undefined ? 0 : freesAt + this.#limits.windowMs - now.getTime();
  }
}
