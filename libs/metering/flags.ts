/** What a person should look at. Each is an oddity's `code`; those about a transaction are also in its `flags`. */
export const FLAGS = [
  /** The card is not known in this installation; the energy was taken all the same. */
  'unknown-token',
  /** The card is blocked. */
  'blocked-token',
  /** The card's time has run out. */
  'expired-token',
  /** The card is good from a later day on. */
  'early-token',
  /** The card is good at other spots only. */
  'token-elsewhere',
  /** Whoever pays ahead for it had come to the account's floor. */
  'no-credit',
  /** The connector started another transaction before this one stopped. It stays open until its own Stop. */
  'superseded',
  /** The Stop came and no Start ever did; the beginning is unknown. */
  'stop-without-start',
  /** An event of an ended transaction has not come: the charger numbers them. Goes when it comes. */
  'sequence-gap',
  /** The charger gave a new transaction the name of one that had ended; they are kept apart. */
  'name-used-again',
  /** The Start came after its Stop. */
  'start-after-stop',
  /** A Stop or meter value named a transaction that is not this charger's; this one was found by connector and time. */
  'found-by-time',
  /** Two Stops that differ; the later one with the higher register holds. */
  'stopped-twice',
  /** The register at the Stop is below the one at the Start. */
  'meter-stop-below-start',
  /** The Stop is earlier than the Start. */
  'stopped-before-start',
  /** A register lower than an earlier one, or higher than a later one, of the same transaction. */
  'register-fell',
  /** A register higher than an earlier one of the same transaction by more than any meter counts in that time. */
  'register-leapt',
  /** Two different registers for one instant. */
  'conflicting-reading',
  'negative-register',
  /** A register without a unit that only makes sense in kWh beside the meterStart: read as kWh. */
  'unit-assumed',
  /** Samples that count from the Start while meterStart is the meter's own: meterStart was added. */
  'relative-register',
  /** The charger was taken from its spot in the session: it ended with the last register that is known. */
  'charger-replaced',
  /** Before 2015 or more than a day ahead of the gateway's clock. */
  'implausible-time',
  /** The charger gave no zone: read as UTC. */
  'zone-less-time',
  /** The charger's clock is off; its times are kept, and what is rated are the true ones. */
  'clock-corrected',
  /** A charger's clock was seen to be off, or to be off by something else than before. */
  'clock-offset',
  /** No instant at all: the time of receipt stands in. */
  'invalid-time',
  /** Meter values later than the transaction's Stop. */
  'reading-after-stop',
  /** Meter values for a transaction that nobody knows; kept with the charger. */
  'unknown-transaction',
  /** A value that is no decimal number, or a register that gives no figure; kept in the raw message only. */
  'invalid-value',
  /** A figure that no meter or identifier can have; kept in the raw message only. */
  'value-out-of-range',
  /** The message broke OCPP's schema, and could be read all the same; the raw message shows how. */
  'not-to-schema',
  /** Energy per interval instead of a register: cannot be rated; kept in the raw message only. */
  'interval-only',
  /** An export register without an import register at that instant; kept in the raw message only. */
  'export-without-import',
  /** A call that OCPP does not allow; it was answered with CALLERROR and is not stored. */
  'malformed-message',
  /** The balance was used up, and the charger did not end the session though it was asked again and again. */
  'not-stopped',
  /** Adopted with an enrolment window's code for a password, the charger did not take one of its own. */
  'shared-password',
] as const;

export type Flag = (typeof FLAGS)[number];
