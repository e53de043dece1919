import type { Span } from './x509.js';

const DAY_MS = 24 * 60 * 60_000;
/** A charger whose clock is behind takes a new certificate, too. */
const BACK_MS = DAY_MS;
const CHARGER_DAYS = 365;
const ROOT_DAYS = 10 * 365;
/** A charger is asked for a new request this long before its certificate ends. */
export const RENEWAL_DAYS = 30;
/** A new root comes this long before the end of the one before: all that is issued from that one ends before it. */
const ROTATION_DAYS = CHARGER_DAYS + 2 * RENEWAL_DAYS;

const seconds = (ms: number): Date => new Date(Math.floor(ms / 1_000) * 1_000); // certificates have no finer times

export const rootSpan = (now: Date): Span => ({
  notBefore: seconds(now.getTime() - BACK_MS),
  notAfter: seconds(now.getTime() + ROOT_DAYS * DAY_MS),
});

/** Never longer than its root. */
export const certificateSpan = (now: Date, root: { readonly notAfter: Date }): Span => ({
  notBefore: seconds(now.getTime() - BACK_MS),
  notAfter: seconds(Math.min(now.getTime() + CHARGER_DAYS * DAY_MS, root.notAfter.getTime())),
});

export const isRotationDue = (root: { readonly notAfter: Date }, now: Date): boolean =>
  root.notAfter.getTime() - now.getTime() <= ROTATION_DAYS * DAY_MS;

/** What ends later than this is not due. */
export const renewedUntil = (now: Date): Date => new Date(now.getTime() + RENEWAL_DAYS * DAY_MS);

/** What a charger has, as far as it bears on renewal. */
export interface Held {
  readonly notAfter: Date;
  readonly authorityId: string;
}

/**
 * Whether a charger is to be asked for a new request: it has no certificate, one that ends soon, or one of another root
 * than the newest it knows.
 */
export function isRenewalDue(held: Held | null, newestKnown: string, now: Date): boolean {
  if (held === null || held.authorityId !== newestKnown) return true;
  return held.notAfter <= renewedUntil(now);
}

/** What a charger's roots come to: which one it may be given certificates of. */
export interface KnownRoot {
  readonly authorityId: string;
  readonly createdAt: Date;
  readonly notAfter: Date;
  readonly retiredAt: Date | null;
  readonly installedAt: Date | null;
}

/** The newest trusted root that is on the charger: nothing is issued from one that it does not know. Null: none is. */
export function rootToIssueFrom<T extends KnownRoot>(roots: readonly T[], now: Date): T | null {
  const good = roots.filter((root) => root.installedAt !== null && root.retiredAt === null && root.notAfter > now);
  return good.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null;
}
