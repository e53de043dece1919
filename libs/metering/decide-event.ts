import type { TransactionEvent } from '#libs/ocpp/messages.js';

import { decideEventBegin } from './decide-event-begin.js';
import { decideEventEnd, endFlags, settledBy, withMeantEnd } from './decide-event-end.js';
import { decideEventLive } from './decide-event-live.js';
import { decideInstant, isPlausible } from './decide-instant.js';
import { latestPlausible } from './decide-meter-values.js';
import { decideReadings } from './decide-readings.js';
import { isImported, superseded } from './decide-start.js';
import { tokenAnswer, tokenFlag, tokenStatus } from './decide-token.js';
import type { EventMessage, ToldEvent } from './event.js';
import type {
  Concern,
  Decision,
  Facts,
  NewReading,
  TransactionBegin,
  TransactionChange,
  TransactionFacts,
} from './facts.js';
import type { Flag } from './flags.js';
import { isCountedSince, laterSessions } from './later-sessions.js';
import { meterOf } from './meant-register.js';

interface Context {
  readonly chargerId: string;
  readonly receivedAt: Date;
}

/**
 * An event of a transaction that the charger has named itself. Whichever event comes first makes the transaction;
 * the others fill in what they know, in any order and however often they are told: the Started event its beginning, the
 * Ended event its end, every event its readings.
 */
export function decideEvent(message: EventMessage, said: TransactionEvent, facts: Facts, context: Context): Decision {
  const event = withKnownCard(said, facts);
  const { at, flags: timeFlags } = decideInstant(event.stamp, context.receivedAt);
  const { chargerId } = context;
  const { named, former } = namedBy(message, event, facts, { at, chargerId });
  const known = named ?? importedAs(message, event, facts, { at, chargerId });
  const id = known?.id ?? facts.newTransactionId;
  const connectorId = connectorOf(event, known, facts);
  const meter = meterOf(known, message.samples, facts.lastRegisterWh);
  const place = { connectorId, transactionId: id };
  const { readings: all, flags } = decideReadings(message.samples, place, context.receivedAt, meter);
  const readings = all.map((one) => (isOfLater(one, known, facts) ? outsideOf(one) : one));
  const told: ToldEvent = { message: withMeantEnd(message, readings), event, at, readings, connectorId, ...context };
  const begin = decideEventBegin(told, known);
  for (const flag of [...timeFlags, ...message.doubts, ...endFlags(told, known)]) flags.add(flag);
  for (const flag of cardFlags(begin, known, facts)) flags.add(flag);
  if (former !== null) flags.add('name-used-again');
  const detail = { connectorId, toldTransactionId: event.ref };
  return {
    answer: event.idTag === null ? { kind: 'empty' } : tokenAnswer(facts.token),
    ...(known === null && begin !== null ? { begins: { id, chargerRef: event.ref, ...begin } } : {}),
    ...(former === null ? {} : { renames: former.id }),
    changes: [changeOf(told, id, known, facts, begin)],
    readings,
    concerns: [
      ...[...flags].map((code): Concern => ({ code, transactionId: id, detail })),
      ...leftBehind(told, id, facts, { known, former }),
    ],
    settles: settledBy(told, known),
    live: decideEventLive(told, id, known, facts),
  };
}

/** A register of an ended transaction that one which began since has counted: with both it would be billed twice. */
function isOfLater({ at, importWh }: NewReading, known: TransactionFacts | null, facts: Facts): boolean {
  return known !== null && isCountedSince(known, laterSessions(known, facts.transactions, at), importWh);
}

function outsideOf(reading: NewReading): NewReading {
  return { ...reading, transactionId: null };
}

/** Open transactions that the start of this one leaves behind: on its EVSE, and the one whose name it has taken. */
function leftBehind(
  { message, event, at, connectorId }: ToldEvent,
  id: number,
  facts: Facts,
  { known, former }: { readonly known: TransactionFacts | null; readonly former: TransactionFacts | null },
): Concern[] {
  if (message.kind !== 'transaction-started' || known?.hasStart === true) return [];
  const left = event.connectorId > 0 ? superseded(facts, connectorId, at, id) : [];
  if (former === null || former.stoppedAt !== null || left.some((one) => one.transactionId === former.id)) return left;
  return [...left, { code: 'superseded', transactionId: former.id, detail: { by: id } }];
}

/** A card that is known by what else the charger said of it is the card that is known. */
function withKnownCard(event: TransactionEvent, { token }: Facts): TransactionEvent {
  const { idTag, moreTags = [] } = event;
  if (token === null || idTag === null || moreTags.length === 0) return event;
  return token.idTag.toLowerCase() === idTag.toLowerCase() ? event : { ...event, idTag: token.idTag };
}

/**
 * The transaction that bears the event's name. A charger that names its transactions from 1 again after a reset means
 * another one than that which had ended before, or whose end was lost with the power: `former`.
 */
function namedBy(
  message: EventMessage,
  event: TransactionEvent,
  facts: Facts,
  { at, chargerId }: { readonly at: Date; readonly chargerId: string },
): { named: TransactionFacts | null; former: TransactionFacts | null } {
  const named = facts.transactions.find((one) => one.chargerId === chargerId && one.chargerRef === event.ref);
  if (named === undefined) return { named: null, former: null };
  const last = named.stoppedAt ?? named.lastReadingAt ?? named.startedAt;
  const isPast = named.hasStart && event.stamp.at !== null && at > named.startedAt && at > last;
  return message.kind === 'transaction-started' && isPast ? { named: null, former: named } : { named, former: null };
}

/** The transaction that an import has told with the same start, before its charger named it. */
function importedAs(
  message: EventMessage,
  event: TransactionEvent,
  facts: Facts,
  { at, chargerId }: { readonly at: Date; readonly chargerId: string },
): TransactionFacts | null {
  if (message.kind !== 'transaction-started') return null;
  const start = { chargerId, at, connectorId: event.connectorId, meterStartWh: message.meterStartWh };
  return facts.transactions.find((one) => one.chargerRef === null && isImported(one, start)) ?? null;
}

/** The readings of a transaction share one connector: the one that was told, or stood in, when the first of them came. */
function connectorOf(event: TransactionEvent, known: TransactionFacts | null, facts: Facts): number {
  if (known !== null && (known.lastReadingAt !== null || event.connectorId === 0)) return known.connectorId;
  return event.connectorId || (facts.transactions[0]?.connectorId ?? 1);
}

function changeOf(
  told: ToldEvent,
  id: number,
  known: TransactionFacts | null,
  facts: Facts,
  begin: TransactionBegin | null,
): TransactionChange {
  const end = decideEventEnd(told, known, facts);
  const lastReadingAt = latestPlausible(told.readings, told.receivedAt) ?? placedAt(told, known);
  const { seqNo, offline } = told.event;
  return {
    id,
    ...(known !== null && begin !== null ? { begin } : {}),
    ...(known !== null && known.chargerRef === null ? { chargerRef: told.event.ref } : {}),
    ...(end === null ? {} : { end }),
    ...(lastReadingAt === null ? {} : { lastReadingAt }),
    ...(seqNo === null ? {} : { seqNo }),
    ...(offline ? { offline } : {}),
  };
}

/** Once its connector is told a transaction counts as read from there, as one of 1.6 does from its Start. */
function placedAt({ event, at, receivedAt }: ToldEvent, known: TransactionFacts | null): Date | null {
  const isNews = event.connectorId > 0 && (known?.lastReadingAt ?? null) === null;
  return isNews && isPlausible(at, receivedAt) ? at : null;
}

/** What is odd about the card with which the transaction begins. */
function cardFlags(begin: TransactionBegin | null, known: TransactionFacts | null, facts: Facts): Flag[] {
  if (begin === null || begin.idTag === (known?.idTag ?? null)) return [];
  const flag = tokenFlag(tokenStatus(facts.token));
  return flag === null ? [] : [flag];
}
