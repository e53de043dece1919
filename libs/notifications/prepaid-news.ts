import { sql as raw } from 'kysely';

import { dueCentsOf } from '#libs/ledger/balances.js';

import { prepaidHome } from '../payments/prepaid/prepaid-home.js';
import type { Sql } from '../persistence/database.js';
import { localDate } from '../registry/period.js';
import { prepaidText, type AccountFacts, type PrepaidNews } from './prepaid-texts.js';
import { queueMail } from './queue-mail.js';

export interface LookOrder {
  readonly customerId: string;
  readonly now: Date;
  /** Where the console is, for links: `https://…`; null when it is not known. */
  readonly publicUrl: string | null;
}

/** A mail that a server refuses again and again is left to people, who see it in its list. */
const MOST_ATTEMPTS = 5;
/** Of a customer's mails so many at a time. */
const MOST_MAILS = 100;

interface Fall {
  readonly kind: 'low' | 'floor';
  readonly availableCents: number;
  readonly unbilledCents: number;
}

/**
 * Queues what the customer is to be told: a fall below a threshold (once, in the transaction that noticed it), top-ups
 * that will be debited, that failed or were taken back, invoices that the balance did not cover, and a refund that has no
 * account yet. Each by its own key: once, however often one looks.
 */
export async function queuePrepaidNews(trx: Sql, order: LookOrder, fall: Fall | null = null): Promise<void> {
  const account = await accountOf(trx, order);
  if (account === null) return;
  const news = fall === null ? await standingNews(trx, order, account) : [fallNews(order, fall)];
  for (const { key, say } of news) {
    await queueMail(trx, {
      key,
      installationId: account.installationId,
      customerId: order.customerId,
      recipient: account.recipient,
      ...prepaidText(account, say),
    });
  }
}

export interface Account extends AccountFacts {
  readonly recipient: string;
  readonly installationId: string;
  readonly timeZone: string;
  readonly issuerIban: string | null;
}

interface News {
  readonly key: string;
  readonly say: PrepaidNews;
}

const fallNews = ({ customerId, now }: LookOrder, { kind, availableCents, unbilledCents }: Fall): News => ({
  key: `prepaid-${kind}/${customerId}/${now.toISOString()}`,
  say: { kind, availableCents, unbilledCents },
});

/** null when there is nobody to write to. */
export async function accountOf(trx: Sql, { customerId, publicUrl }: Omit<LookOrder, 'now'>): Promise<Account | null> {
  const customer = await trx
    .selectFrom('customer')
    .select(['name', 'email', 'language'])
    .where('id', '=', customerId)
    .executeTakeFirstOrThrow();
  if (customer.email === null) return null;
  const home = await prepaidHome(trx, customerId);
  const issuer = await trx
    .selectFrom('issuer')
    .select(['name', 'email', 'iban'])
    .where('id', '=', home.issuerId)
    .executeTakeFirstOrThrow();
  return {
    recipient: customer.email,
    language: customer.language === 'en' ? 'en' : 'pt',
    customerName: customer.name,
    issuerName: issuer.name,
    supportEmail: issuer.email,
    issuerIban: issuer.iban,
    currency: home.currency,
    installationId: home.installationId,
    timeZone: home.timeZone,
    link: publicUrl === null ? null : `${publicUrl.replace(/\/$/, '')}/customers/${encodeURIComponent(customerId)}`,
  };
}

async function standingNews(trx: Sql, order: LookOrder, account: Account): Promise<News[]> {
  return [
    ...(await topUpNews(trx, order, account)),
    ...(await restNews(trx, order, account)),
    ...(await refundNews(trx, order)),
  ];
}

async function topUpNews(trx: Sql, { customerId }: LookOrder, { timeZone }: Account): Promise<News[]> {
  const orders = await trx
    .selectFrom('top_up_order as top_up')
    .innerJoin('mandate', 'mandate.id', 'top_up.mandate_id')
    .where('top_up.customer_id', '=', customerId)
    .where('top_up.state', 'in', ['created', 'failed', 'disputed'])
    .selectAll('top_up')
    .select('mandate.iban_last4 as iban_last4')
    .execute();
  return orders.map((topUp): News => {
    const { id, amount_cents: amountCents } = topUp;
    if (topUp.state === 'created') {
      const debitDate = localDate(topUp.debit_at, timeZone);
      const say = { kind: 'top-up', amountCents, debitDate, ibanLast4: topUp.iban_last4 } as const;
      return { key: topUpMailKey(id), say };
    }
    const say = { kind: 'auto-off', amountCents, reason: topUp.reason ?? '' } as const;
    return { key: `prepaid-auto-off/${id}/${topUp.state}`, say };
  });
}

/** The key of the mail that announces a top-up's debit. */
export const topUpMailKey = (orderId: string): string => `prepaid-top-up/${orderId}`;

/** Invoices of prepaid months that are due: the balance has paid what it could. */
async function restNews(trx: Sql, { customerId, now }: LookOrder, { issuerIban }: Account): Promise<News[]> {
  const documents = await trx
    .selectFrom('fiscal_document as document')
    .innerJoin('collection', 'collection.document_id', 'document.id')
    .where('document.customer_id', '=', customerId)
    .where('document.payment_method', '=', 'prepaid')
    .where('document.due_at', '<=', now)
    .where('collection.outcome', '=', 'arrears')
    .select(['document.id', 'document.number_text as numberText'])
    .execute();
  const ids = documents.map(({ id }) => id);
  const due = await dueCentsOf(trx, ids);
  return documents.flatMap(({ id, numberText }): News[] => {
    const dueCents = due.get(id) ?? 0;
    if (dueCents <= 0) return [];
    return [{ key: `prepaid-rest/${id}`, say: { kind: 'rest', numberText, dueCents, issuerIban } }];
  });
}

async function refundNews(trx: Sql, { customerId }: LookOrder): Promise<News[]> {
  const orders = await trx
    .selectFrom('refund_order')
    .select(['id', 'amount_cents as amountCents'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'proposed')
    .where('iban', 'is', null)
    .execute();
  return orders.map(({ id, amountCents }) => ({ key: `prepaid-refund/${id}`, say: { kind: 'refund', amountCents } }));
}

/** The customer's mails about prepaid accounts that wait to be sent, oldest first. */
export async function unsentPrepaidMails(sql: Sql, customerId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('mail')
    .select('id')
    .where('customer_id', '=', customerId)
    .where(raw<boolean>`key ^@ 'prepaid-'`)
    .where('sent_at', 'is', null)
    .where('attempts', '<', MOST_ATTEMPTS)
    .orderBy('created_at')
    .orderBy('id')
    .limit(MOST_MAILS)
    .execute();
  return rows.map(({ id }) => id);
}
