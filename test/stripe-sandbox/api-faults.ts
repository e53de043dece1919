/**
 * `lose-answer`: done, and the connection breaks; `lose-request`: the connection breaks and nothing is done;
 * `error-500`: nothing is done; `error-500-after`: done, and the answer is a 500; `error-429`: refused by the rate limit.
 */
export const API_FAULT_MODES = ['lose-answer', 'lose-request', 'error-500', 'error-500-after', 'error-429'] as const;
export type ApiFaultMode = (typeof API_FAULT_MODES)[number];

export interface ApiFault {
  readonly method: string;
  readonly pathPrefix: string;
  readonly mode: ApiFaultMode;
  times: number;
}

/** Faults that were ordered for the next requests of a kind. */
export class ApiFaults {
  private readonly ordered: ApiFault[] = [];

  order(fault: ApiFault): void {
    this.ordered.push({ ...fault });
  }

  take(method: string, path: string): ApiFaultMode | null {
    const fault = this.ordered.find((one) => one.times > 0 && one.method === method && path.startsWith(one.pathPrefix));
    if (fault === undefined) return null;
    fault.times -= 1;
    return fault.mode;
  }
}
