import type { Delay } from '#libs/registry/policy.js';

import type { Sql } from '../persistence/database.js';
import { loadCase, type LoadedCase } from './case-facts.js';
import { writeLetter, type Letter, type LetterFacts } from './letters.js';
import { nextStage, type CaseStage } from './stages.js';

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
  { documentId, stage }: { readonly documentId: string; readonly stage: CaseStage },
): Promise<StageLetter | null> {
  if (stage === 'suspension-proposed') return null;
  const loaded = await loadCase(sql, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { installationId, customerId, customerEmail, customerLanguage } = loaded.collection;
  if (customerEmail === null) return null;
  const letter = writeLetter(stage, letterFacts(loaded), customerLanguage);
  return { ...letter, installationId, customerId, recipient: customerEmail, key: `arrears/${documentId}/${stage}` };
}

function letterFacts({ facts, collection, policy }: LoadedCase): LetterFacts {
  const language = collection.customerLanguage;
  const money = (cents: number) =>
    new Intl.NumberFormat(language === 'en' ? 'en-IE' : 'pt-PT', {
      style: 'currency',
      currency: collection.currency,
    }).format(cents / 100);
  const next = nextStage(facts);
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
    ibanLast4: collection.mandateLast4,
    next: next === null ? null : { stage: next.stage, date: longDate(localDate(next.at, facts.timeZone), language) },
    noticePeriod: delayWords(policy.arrears.suspensionProposalAfterNotice, language),
  };
}

function localDate(at: Date, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
}

function longDate(date: Temporal.PlainDate, language: 'pt' | 'en'): string {
  return date.toLocaleString(language === 'en' ? 'en-IE' : 'pt-PT', { day: 'numeric', month: 'long', year: 'numeric' });
}

function delayWords(delay: Delay, language: 'pt' | 'en'): string {
  if ('days' in delay) return language === 'en' ? `${delay.days} days` : `${delay.days} dias`;
  if ('businessDays' in delay) {
    return language === 'en' ? `${delay.businessDays} working days` : `${delay.businessDays} dias úteis`;
  }
  return language === 'en' ? `${delay.seconds} seconds` : `${delay.seconds} segundos`;
}
