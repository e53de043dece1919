import type { NeutralAnswer } from '#libs/ocpp/answers.js';
import type { ChargerMessage, Protocol } from '#libs/ocpp/messages.js';

import type { Flag } from './flags.js';
import type { Sequence } from './sequence.js';

/** A charger's message on its way into the records. */
export interface IncomingMessage {
  readonly chargerId: string;
  readonly protocol: Protocol;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly message: ChargerMessage;
  readonly receivedAt: Date;
}

export interface TransactionFacts {
  readonly id: number;
  readonly chargerId: string;
  readonly connectorId: number;
  readonly idTag: string | null;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly meterStartWh: number | null;
  readonly meterStopWh: number | null;
  readonly startKey: string;
  /** false: made up for a Stop whose Start never came. */
  readonly hasStart: boolean;
  readonly flags: readonly string[];
  /** The charger's own name for it (OCPP 2.x). */
  readonly chargerRef: string | null;
  readonly lastReadingAt: Date | null;
  /** Numbers of the events that have come. */
  readonly seqNos: Sequence;
}

/**
 * What is known of a card. What would only keep it from a new session (suspended, elsewhere, without credit) is never
 * said of a stop, nor of a card that ends a running session of its own or of its group at this charger.
 */
export interface TokenFacts {
  /** The instant for which it is judged: when the charger was shown it, as far as that can be known (load-tokens.ts). */
  readonly at: Date;
  /** As it is registered. */
  readonly idTag: string;
  readonly status: string;
  readonly expiresAt: Date | null;
  /** Good from then on; null: ever since. */
  readonly validFrom: Date | null;
  /** Cards of one group may end each other's sessions. */
  readonly groupTag: string | null;
  /** A new session would be a debtor's who is suspended: whose card it is, or who answers for the charger's spot. */
  readonly suspended: boolean;
  /** It is good at other spots only. */
  readonly elsewhere: boolean;
  /** Whoever would pay pays ahead, and has nothing left above the floor. */
  readonly withoutCredit: boolean;
}

/** A register already stored. */
export interface RegisterFacts {
  readonly at: Date;
  readonly importWh: number;
}

/** What the records know that a decision may need. */
export interface Facts {
  /** The card the message names, in the charger's installation. */
  readonly token: TokenFacts | null;
  /** The charger's transactions that may matter: the named one, the open ones, those near in time. Latest start first. */
  readonly transactions: readonly TransactionFacts[];
  /** Ids reserved for this message, for transactions it begins. */
  readonly newTransactionId: number;
  /** The last register stored of the named transaction before the message's first instant. */
  readonly lastRegisterWh: number | null;
}

export interface TransactionBegin {
  readonly connectorId: number;
  readonly idTag: string | null;
  readonly startedAt: Date;
  readonly meterStartWh: number | null;
  readonly startKey: string;
  /** This message is the Start itself. */
  readonly hasStart: boolean;
}

export interface NewTransaction extends TransactionBegin {
  readonly id: number;
  /** The charger's own name for it (OCPP 2.x). */
  readonly chargerRef?: string;
}

/** Only what is named changes; `flags` are added. */
export interface TransactionChange {
  readonly id: number;
  readonly begin?: TransactionBegin;
  /** The name that its charger gives to a transaction which an import told first. */
  readonly chargerRef?: string;
  readonly end?: { readonly stoppedAt: Date; readonly meterStopWh: number | null; readonly reason: string | null };
  readonly lastReadingAt?: Date;
  /** The event's number, added to those that have come. */
  readonly seqNo?: number;
  readonly offline?: boolean;
}

export interface NewReading {
  readonly connectorId: number;
  readonly transactionId: number | null;
  readonly at: Date;
  readonly importWh: number;
  readonly exportWh: number | null;
  readonly context: string;
}

export interface Concern {
  readonly code: Flag;
  /** The transaction that carries the flag. */
  readonly transactionId: number | null;
  readonly detail: Record<string, unknown>;
}

/** What the live view should show of a connector from now on; absent keys stay as they are. */
export interface ConnectorChange {
  readonly connectorId: number;
  readonly status?: string;
  readonly errorCode?: string;
  readonly powerW?: number;
  readonly offeredW?: number;
  /** What flows on the charger's L1, L2, L3 now, in tenths of an ampere. */
  readonly perConductorDeciA?: readonly [number, number, number];
  readonly transactionId?: number | null;
  readonly importWh?: number;
  /** `status` is the least that was said: it does not replace what says more of an occupied connector. */
  readonly isVague?: boolean;
}

/** All that follows from one message. Written as one. */
export interface Decision {
  /** Put into the words of the charger's version when it is stored. */
  readonly answer: NeutralAnswer;
  readonly begins?: NewTransaction;
  readonly changes?: readonly TransactionChange[];
  readonly readings?: readonly NewReading[];
  readonly concerns?: readonly Concern[];
  /** Flags that hold no longer, for what was missing has come. */
  readonly settles?: readonly { readonly code: Flag; readonly transactionId: number }[];
  /** A transaction whose name the charger has given to another one; it keeps it with its number behind. */
  readonly renames?: number;
  readonly live?: readonly ConnectorChange[];
  readonly boot?: { readonly vendor: string; readonly model: string; readonly firmware: string | null };
}
