/** A month's part of what is not billed yet, as it was counted. */
export interface CountedMonth {
  readonly period: string;
  readonly energyWh: number;
  /** VAT included. */
  readonly grossCents: number;
  /** Why the price is the highest that is known and not the one that holds (a rating's code); null: it holds. */
  readonly missingPrice: string | null;
}

/** What a customer's account comes to, in cents. */
export interface SessionMoney {
  readonly balanceCents: number;
  /** Of the balance, what is on its way somewhere. */
  readonly reservedCents: number;
  /** Invoiced, and not yet taken from the balance. */
  readonly owedCents: number;
  /** Not billed yet, what is charging now included; VAT included. */
  readonly unbilledCents: number;
}

export interface SessionRules {
  readonly floorCents: number;
  /** The warning comes when no more than this is left above the floor. */
  readonly warnCents: number;
}

export interface SessionFacts extends SessionMoney, SessionRules {
  /** When the customer was warned in this session; null: not yet. */
  readonly warnedAt: Date | null;
  readonly now: Date;
}

/** The figures a decision was made by: the explanation that is kept with it. */
export interface SessionBasis extends SessionMoney, SessionRules {
  readonly leftCents: number;
  readonly months: readonly CountedMonth[];
  /** Months of which no price at all is known: less is left than `leftCents` says. */
  readonly unpriced: readonly { readonly period: string; readonly code: string }[];
}

export type SessionAction = 'nothing' | 'warn' | 'stop';

export interface SessionDecision {
  readonly action: SessionAction;
  /** balance - reserved - owed - unbilled; below zero when more was consumed than was paid ahead. */
  readonly leftCents: number;
  readonly why: 'enough' | 'near-floor' | 'floor-not-warned' | 'floor';
}

/** Between the warning and the stop, also when one reading took the balance from plenty to the floor. */
export const WARNING_LEAD_MS = 60_000;

/** What is left of a balance when all is counted that was consumed. */
export function leftCents({ balanceCents, reservedCents, owedCents, unbilledCents }: SessionMoney): number {
  return balanceCents - reservedCents - owedCents - unbilledCents;
}

/**
 * What becomes of a running session of who pays ahead: nothing while more is left than the warning's margin above the
 * floor, a warning within it, a stop at the floor, but never before the customer was warned in this session.
 */
export function decideSession(facts: SessionFacts): SessionDecision {
  const left = leftCents(facts);
  const { floorCents, warnCents, warnedAt, now } = facts;
  if (left > floorCents + warnCents) return { action: 'nothing', leftCents: left, why: 'enough' };
  if (left > floorCents) return { action: 'warn', leftCents: left, why: 'near-floor' };
  const wasWarned = warnedAt !== null && now.getTime() - warnedAt.getTime() >= WARNING_LEAD_MS;
  return wasWarned
    ? { action: 'stop', leftCents: left, why: 'floor' }
    : { action: 'warn', leftCents: left, why: 'floor-not-warned' };
}

/** What comes next for a stop that was decided. */
export type StopStep = 'ask' | 'wait' | 'give-up';

/** The command that was last sent for a stop; null: none yet, or it is gone from the history. */
export interface StopCommand {
  readonly state: string;
  readonly status: string | null;
  readonly endedAt: Date | null;
}

export interface StopFacts {
  readonly command: StopCommand | null;
  readonly isConnected: boolean;
  /** How often the charger was asked since the balance fell to the floor. */
  readonly tries: number;
  readonly now: Date;
}

/** A charger that said yes has so long to end the session. */
const OBEY_MS = 120_000;
/** A charger that said no is asked again after this. */
const AGAIN_MS = 15_000;
/** Asked so often in vain, a person is told. */
export const MOST_TRIES = 3;

/**
 * Asks a charger that is there, waits for its word and for the session's end, asks again when it refused, did not answer
 * or said yes and went on, and gives up after {@link MOST_TRIES}. A charger that was away was not asked.
 */
export function stopStep({ command, isConnected, tries, now }: StopFacts): StopStep {
  if (command !== null) {
    const { endedAt } = command;
    if (endedAt === null) return 'wait';
    const waitMs = command.status === 'accepted' ? OBEY_MS : AGAIN_MS;
    if (now.getTime() - endedAt.getTime() < waitMs) return 'wait';
  }
  if (!isConnected) return 'wait';
  return tries < MOST_TRIES ? 'ask' : 'give-up';
}

export interface NextLookFacts {
  readonly decision: SessionDecision;
  readonly rules: SessionRules;
  /** Null: none is known. */
  readonly highestMicrosPerKWh: number | null;
  /** Sessions of the customer that run: each may take its part of what is left. */
  readonly sessions: number;
  readonly importWh: number | null;
  readonly now: Date;
}

/** What moves a balance beside energy (a new month, an invoice, a correction) is seen within this. */
const AT_LATEST_MS = 600_000;
/** While something is under way. */
const SOON_MS = 15_000;

/**
 * When a session is to be looked at again: at the register at which the next line could be reached at the earliest, at
 * the highest price, and in ten minutes at the latest. Costs nothing until then, however often the meter speaks.
 */
export function nextLook(facts: NextLookFacts): { readonly at: Date; readonly atWh: number | null } {
  const { decision, rules, importWh, now, sessions } = facts;
  const isPending = decision.why === 'floor' || decision.why === 'floor-not-warned';
  const at = new Date(now.getTime() + (isPending ? SOON_MS : AT_LATEST_MS));
  if (importWh === null) return { at, atWh: null };
  const line = decision.action === 'nothing' ? rules.floorCents + rules.warnCents : rules.floorCents;
  const wh = energyWithin(decision.leftCents - line, facts.highestMicrosPerKWh);
  return { at, atWh: importWh + Math.max(1, Math.floor(wh / Math.max(1, sessions))) };
}

/** A cent is 10⁷ of the units in which micro-units per kWh × Wh come. */
const NANOS_PER_CENT = 10_000_000;

/** How much energy cannot cost more than this, one cent less for its rounding; nothing when no price is known. */
function energyWithin(cents: number, highestMicrosPerKWh: number | null): number {
  if (highestMicrosPerKWh === null || highestMicrosPerKWh <= 0 || cents <= 1) return 0;
  return Math.floor(((cents - 1) * NANOS_PER_CENT) / highestMicrosPerKWh);
}
