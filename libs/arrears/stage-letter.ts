import { formatReference, paymentReference } from '../payments/payment-reference.js';
import type { Sql } from '../persistence/database.js';
import { loadCase, type LoadedCase } from './case-facts.js';
import { delayWords, localDate, longDate, moneyWords } from './letter-words.js';
import { writeLetter, type Letter, type LetterFacts, type LetterKind } from './letters.js';
import { nextStage, stagePlan, type CaseStage } from './stages.js';

export interface StageLetter extends Letter {
  readonly installationId: string;
  readonly customerId: string;
  readonly recipient: string;
  /** For `queueMail`: one letter per document and stage. */
  readonly key: string;
}

/**
 * The letter of a stage that was just entered, in the customer's language; null when the stage has none (a suspension is
 * proposed to staff) or when there is no address to write to.
 */
export async function stageLetter(
  sql: Sql,
  {
    documentId,
    stage,
    payUrl = null,
  }: { readonly documentId: string; readonly stage: CaseStage; readonly payUrl?: string | null },
): Promise<StageLetter | null> {
  if (stage === 'opened' || stage === 'suspension-proposed') return null;
  return letterOf(sql, { documentId, kind: stage, payUrl, key: `arrears/${documentId}/${stage}` });
}

/** The letter that a suspension has ended; one per suspension. Null when there is no address to write to. */
export function resumedLetter(
  sql: Sql,
  { documentId, since }: { readonly documentId: string; readonly since: Date },
): Promise<StageLetter | null> {
  return letterOf(sql, {
    documentId,
    kind: 'resumed',
    payUrl: null,
    key: `arrears/${documentId}/resumed/${since.toISOString()}`,
  });
}

async function letterOf(
  sql: Sql,
  {
    documentId,
    kind,
    key,
    payUrl,
  }: {
    readonly documentId: string;
    readonly kind: LetterKind;
    readonly key: string;
    readonly payUrl: string | null;
  },
): Promise<StageLetter | null> {
  const loaded = await loadCase(sql, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { installationId, customerId, customerEmail, customerLanguage } = loaded.collection;
  if (customerEmail === null) return null;
  const letter = writeLetter(kind, letterFacts(loaded, payUrl), customerLanguage);
  return { ...letter, installationId, customerId, recipient: customerEmail, key };
}

function letterFacts({ facts, collection, policy }: LoadedCase, payUrl: string | null): LetterFacts {
  const language = collection.customerLanguage;
  const money = (cents: number) => moneyWords(cents, collection.currency, language);
  // A formal notice is given with its letter: what follows it is known before anything proves that it arrived.
  const next = nextStage(facts) ?? stagePlan(facts).find(({ stage }) => isAhead(facts.entered, stage)) ?? null;
  return {
    customerName: collection.customerName,
    numberText: collection.numberText,
    due: money(collection.dueCents),
    gross: money(collection.grossCents),
    partlyPaid: collection.dueCents < collection.grossCents,
    dueDate: longDate(Temporal.PlainDate.from(collection.dueDate), language),
    cause: facts.cause,
    issuerName: collection.issuer.name,
    issuerEmail: collection.issuer.email,
    issuerIban: collection.issuer.iban,
    reference: formatReference(paymentReference(collection)),
    payUrl,
    ibanLast4: collection.mandateLast4,
    next: next === null ? null : { stage: next.stage, date: longDate(localDate(next.at, facts.timeZone), language) },
    suspendable: facts.suspendable,
    noticePeriod: delayWords(policy.arrears.suspensionProposalAfterNotice, language),
  };
}

const isAhead = (entered: readonly { readonly stage: CaseStage }[], stage: CaseStage): boolean =>
  entered.every((one) => one.stage !== stage);
