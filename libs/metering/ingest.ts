import { createHash, randomUUID } from 'node:crypto';

import { answerIn } from '#libs/ocpp/answers.js';
import { tellsProgress } from '#libs/ocpp/following-actions.js';
import type { Answer } from '#libs/ocpp/messages.js';
import type { Sql } from '#libs/persistence/database.js';

import { checkRegisters } from './check-registers.js';
import { decideMessage } from './decide-message.js';
import type { Concern, ConnectorChange, IncomingMessage } from './facts.js';
import { loadFacts, loadKnown, type Keyed, type Known } from './load-facts.js';
import { loadAround, spanOf } from './load-registers.js';
import { storeDecisions, type Judged } from './store-decisions.js';

export type { IncomingMessage } from './facts.js';

/** What a charger is told, and what the live view may show now that it is committed. */
export interface Ingested {
  readonly answer: Answer;
  readonly installationId: string;
  /** The message had been recorded before: nothing changed, the answer is the one it got then. */
  readonly repeated: boolean;
  readonly flags: readonly string[];
  readonly live: readonly ConnectorChange[];
}

/** Messages whose answer depends on the moment or that take effect each time: chargers count message ids from 1 after every boot. */
const OF_THE_MOMENT = new Set(['boot', 'heartbeat', 'status', 'authorize']);

/**
 * The idempotency key: charger, message id, action and payload. Boots, heartbeats, states and authorizations are
 * recorded each time they come, so that no charger is ever answered with the clock of an earlier day; and so is how far
 * an update has come, which is told in the same words of the next one.
 */
export function messageKey(incoming: IncomingMessage): string {
  const { chargerId, messageId, action, payload, message } = incoming;
  const parts: unknown[] = [chargerId, messageId, action, payload];
  if (OF_THE_MOMENT.has(message.kind) || tellsProgress(action)) parts.push(randomUUID());
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** One message, committed when this resolves; see `ingestBatch`. */
export async function ingest(db: Sql, incoming: IncomingMessage): Promise<Ingested> {
  const [result] = await ingestBatch(db, [incoming]);
  if (result === undefined) throw new Error('a message went in and nothing came out');
  return result;
}

/**
 * Records messages of different chargers in one statement, hence one database transaction: each raw, with its answer and all that
 * follows from it. Resolves after the commit, results in the order given. A message recorded before gets its
 * stored answer. Throws, with nothing recorded, when the database refuses or a charger is not registered.
 */
export async function ingestBatch(db: Sql, batch: readonly IncomingMessage[]): Promise<Ingested[]> {
  const chargers = new Set(batch.map((one) => one.chargerId));
  if (chargers.size !== batch.length) throw new Error('a batch holds at most one message of each charger');
  const keyed = batch.map((incoming, index): Keyed => ({ index, incoming, key: messageKey(incoming) }));
  const known = await loadKnown(db, keyed);
  const fresh = keyed.filter(({ index }) => known.get(index)?.answer === null);
  const judged = await judge(db, fresh, known);
  if (judged.length > 0) await storeDecisions(db, judged);
  const byIndex = new Map(judged.map((one) => [one.index, one]));
  return keyed.map(({ index, incoming }) => {
    const installationId = installationOf(incoming, known.get(index));
    const one = byIndex.get(index);
    if (one === undefined) {
      return { answer: known.get(index)?.answer ?? {}, installationId, repeated: true, flags: [], live: [] };
    }
    const { live = [], concerns = [] } = one.decision;
    return { answer: one.answer, installationId, repeated: false, flags: concerns.map(({ code }) => code), live };
  });
}

async function judge(db: Sql, fresh: readonly Keyed[], known: ReadonlyMap<number, Known>): Promise<Judged[]> {
  const facts = await loadFacts(db, fresh, known);
  const decided = fresh.map((one): Judged => {
    const own = facts.get(one.index);
    if (own === undefined) throw new Error(`no facts for message ${one.index}`);
    const installationId = installationOf(one.incoming, known.get(one.index));
    const { protocol, action } = one.incoming;
    const decision = decideMessage(one.incoming, own);
    return { ...one, installationId, decision, answer: answerIn(protocol, action, decision.answer) };
  });
  const found = await loadAround(
    db,
    decided.flatMap((one) => {
      const transaction = transactionOf(one);
      if (transaction === null || known.get(one.index)?.named?.id === transaction) return [];
      return [{ index: one.index, transaction, ...spanOf(one.incoming) }];
    }),
  );
  return decided.map((one) => {
    const transaction = transactionOf(one);
    const around = found.get(one.index) ?? known.get(one.index)?.around;
    if (transaction === null || around === undefined) return one;
    const readings = one.decision.readings?.filter((reading) => reading.transactionId === transaction) ?? [];
    return withConcerns(one, checkRegisters(transaction, readings, around));
  });
}

/** The transaction a decision's readings belong to, where registers may be stored already. */
function transactionOf({ decision }: Judged): number | null {
  const id = decision.readings?.[0]?.transactionId ?? null;
  return id === decision.begins?.id && decision.readings?.length === 1 ? null : id;
}

function withConcerns(one: Judged, more: readonly Concern[]): Judged {
  if (more.length === 0) return one;
  return { ...one, decision: { ...one.decision, concerns: [...(one.decision.concerns ?? []), ...more] } };
}

function installationOf(incoming: IncomingMessage, known: Known | undefined): string {
  const found = known?.installationId ?? null;
  if (found === null) throw new Error(`charger ${incoming.chargerId} is not registered`);
  return found;
}
