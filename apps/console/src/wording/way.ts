import type { Invoice } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';
import { causeText } from './cause.js';
import { waitsForText } from './waits-for.js';

/** Where the money of an invoice is on its way. */
export interface Way {
  /** Where it stands: a step of its collection, or of its chase once there is one. */
  readonly now: string;
  /** Waits for a person, or stands still for a reason a person must mend. */
  readonly tone: 'plain' | 'wait' | 'bad';
  /** Why it was not simply paid. */
  readonly why: string | null;
  /** What follows, and when (ISO 8601); an open instant when that is up to somebody. */
  readonly next: { readonly what: string; readonly at: string | null } | null;
}

type SomeWords = Pick<Words, 't' | 'language' | 'money'>;

/** The chase, if there is one, else the collection; null before either has begun. */
export function wayOf(words: SomeWords, invoice: Invoice): Way | null {
  if (invoice.arrears !== null) return chaseOf(words, invoice, invoice.arrears);
  return invoice.collection === null ? null : collectionOf(words, invoice, invoice.collection);
}

function chaseOf(words: SomeWords, invoice: Invoice, arrears: NonNullable<Invoice['arrears']>): Way {
  const { t } = words;
  const { stage, cause, outcome, nextStage, nextActionAt, pausedReason } = arrears;
  const isPaid = invoice.dueCents <= 0;
  const why = isPaid ? null : causeText(words, cause, invoice.currency);
  if (outcome !== null) {
    const isProposed = outcome === 'suspension-proposed' && !isPaid;
    const now = nameOf(t, 'arrears.outcome', isPaid && outcome !== 'waived' ? 'settled' : outcome);
    return {
      now,
      why,
      tone: isProposed ? 'wait' : 'plain',
      next: isProposed ? { what: t('way.decide'), at: null } : null,
    };
  }
  const now = nameOf(t, 'arrears', stage);
  if (stage === 'parked') return { now, why, tone: 'bad', next: decisionOn(words, pausedReason, invoice.currency) };
  const follows = nextStage === null ? null : nameOf(t, 'arrears', nextStage);
  if (pausedReason !== null) {
    const what = follows === null ? t('way.resume') : t('way.resume.then', { what: follows });
    return { now: t('arrears.paused', { reason: pausedReason }), why, tone: 'wait', next: { what, at: null } };
  }
  if (invoice.state === 'processing')
    return { now, why, tone: 'plain', next: { what: t('way.look'), at: nextActionAt } };
  return { now, why, tone: 'plain', next: follows === null ? null : { what: follows, at: nextActionAt } };
}

function collectionOf(words: SomeWords, invoice: Invoice, collection: NonNullable<Invoice['collection']>): Way {
  const { t } = words;
  const { step, waitsFor, nextActionAt, held, reason } = collection;
  const now = nameOf(t, 'collection', step);
  const why = invoice.dueCents <= 0 || reason === null ? null : causeText(words, reason, invoice.currency);
  if (step === 'parked') return { now, why, tone: 'bad', next: decisionOn(words, waitsFor, invoice.currency) };
  if (invoice.dueCents <= 0) return { now, why, tone: 'plain', next: null };
  if (held) {
    return { now: t('way.held'), why, tone: 'wait', next: { what: t('way.resume.then', { what: now }), at: null } };
  }
  if (step === 'awaiting-due-date') {
    return { now, why, tone: 'plain', next: { what: nameOf(t, 'way.due', invoice.method), at: nextActionAt } };
  }
  if (step === 'processing') return { now, why, tone: 'plain', next: { what: t('way.look'), at: nextActionAt } };
  return { now, why, tone: 'plain', next: null };
}

function decisionOn(words: SomeWords, waitsFor: string | null, currency: string): Way['next'] {
  const what = waitsForText(words, waitsFor, currency);
  return what === null ? null : { what, at: null };
}
