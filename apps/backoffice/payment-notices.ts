import {
  mandateEndedText,
  mandateLinkText,
  mandateSignedText,
  paidAheadText,
} from '#libs/notifications/payment-texts.js';
import { queueMail } from '#libs/notifications/queue-mail.js';
import type { MailText } from '#libs/notifications/texts.js';
import { aheadKey } from '#libs/payments/checkout/apply-checkout.js';
import type { PaymentNotice } from '#libs/payments/handle-webhook.js';
import { mandateHistory } from '#libs/payments/mandates/mandate-history.js';
import { mandateText } from '#libs/payments/mandates/mandate-text.js';
import { openDocumentsOf } from '#libs/payments/open-documents.js';
import { postedCents } from '#libs/payments/posted-cents.js';
import type { Sql } from '#libs/persistence/database.js';

export interface NoticeDeps {
  readonly sql: Sql;
  /** Where people find their money page. */
  readonly moneyPageUrl: string;
  readonly sendLetter: (mailId: string) => Promise<void>;
}

interface Letter {
  readonly key: string;
  readonly customerId: string;
  readonly text: (customer: CustomerFacts) => Promise<MailText>;
}

/**
 * Mails what a payer must know. The mail is queued once by its key and then given to its workflow; told again, only the
 * second is repeated. Who has no e-mail address is not written to.
 */
export async function tellPayer(deps: NoticeDeps, notice: PaymentNotice): Promise<void> {
  const letter = await letterOf(deps, notice);
  const customer = await customerFacts(deps.sql, letter.customerId);
  if (customer.email === null) return;
  const { mailId } = await queueMail(deps.sql, {
    key: letter.key,
    customerId: letter.customerId,
    installationId: customer.installationId,
    recipient: customer.email,
    ...(await letter.text(customer)),
  });
  await deps.sendLetter(mailId);
}

type CustomerFacts = Awaited<ReturnType<typeof customerFacts>>;

async function customerFacts(sql: Sql, customerId: string) {
  const row = await sql
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('customer.id', '=', customerId)
    .orderBy('installation.id')
    .select([
      'customer.name as customerName',
      'customer.email as email',
      'customer.language as customerLanguage',
      'installation.id as installationId',
      'issuer.name as issuerName',
      'issuer.email as supportEmail',
      'issuer.iban as issuerIban',
    ])
    .executeTakeFirstOrThrow();
  const { customerLanguage, ...facts } = row;
  return { ...facts, language: customerLanguage === 'en' ? ('en' as const) : ('pt' as const) };
}

function letterOf(deps: NoticeDeps, notice: PaymentNotice): Promise<Letter> {
  switch (notice.kind) {
    case 'paid-ahead':
      return paidAhead(deps.sql, notice.checkoutId);
    case 'mandate-active':
      return mandateSigned(deps.sql, notice.mandateId);
    case 'mandate-ended':
      return mandateEnded(deps, notice.mandateId);
    case 'mandate-link':
      return mandateLink(deps.sql, notice.linkId);
    default:
      return notice satisfies never;
  }
}

async function paidAhead(sql: Sql, checkoutId: string): Promise<Letter> {
  const row = await sql
    .selectFrom('checkout')
    .where('id', '=', checkoutId)
    .select(['customer_id as customerId', 'currency'])
    .executeTakeFirstOrThrow();
  const documents = await sql
    .selectFrom('checkout_document')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'checkout_document.document_id')
    .where('checkout_document.checkout_id', '=', checkoutId)
    .orderBy('checkout_document.position')
    .select('fiscal_document.number_text as numberText')
    .execute();
  const amountCents = (await postedCents(sql, aheadKey(checkoutId), 'prepaid')) ?? 0;
  const numbers = documents.map(({ numberText }) => numberText);
  return {
    key: `checkout/${checkoutId}/paid-ahead`,
    customerId: row.customerId,
    text: async (customer) => paidAheadText({ ...customer, currency: row.currency, amountCents, numbers }),
  };
}

async function mandateRow(sql: Sql, mandateId: string) {
  const { customer_id: customerId } = await sql
    .selectFrom('mandate')
    .where('id', '=', mandateId)
    .select('customer_id')
    .executeTakeFirstOrThrow();
  const record = (await mandateHistory(sql, customerId)).find((one) => one.mandateId === mandateId);
  if (record === undefined) throw new Error(`mandate ${mandateId} vanished`);
  return { customerId, record };
}

async function mandateSigned(sql: Sql, mandateId: string): Promise<Letter> {
  const { customerId, record } = await mandateRow(sql, mandateId);
  const signedDate = (record.activeAt ?? record.signedAt).toISOString().slice(0, 10);
  return {
    key: `mandate/${mandateId}/confirmation`,
    customerId,
    text: async (customer) => {
      const text = record.text ?? mandateText(customer.language, signedDate, customer.issuerName).text;
      return mandateSignedText({ ...customer, ibanLast4: record.ibanLast4, signedDate, mandateText: text });
    },
  };
}

async function mandateEnded({ sql, moneyPageUrl }: NoticeDeps, mandateId: string): Promise<Letter> {
  const { customerId, record } = await mandateRow(sql, mandateId);
  return {
    key: `mandate/${mandateId}/ended`,
    customerId,
    text: async (customer) =>
      mandateEndedText({
        ...customer,
        moneyPageUrl,
        ibanLast4: record.ibanLast4,
        because: record.endedBecause ?? 'bank',
        open: await openDocumentsOf(sql, customerId),
      }),
  };
}

async function mandateLink(sql: Sql, linkId: string): Promise<Letter> {
  const row = await sql
    .selectFrom('mandate_link')
    .where('id', '=', linkId)
    .select(['customer_id as customerId', 'url'])
    .executeTakeFirstOrThrow();
  const { url } = row;
  if (url === null) throw new Error(`the page of mandate link ${linkId} is not open`);
  return {
    key: `mandate-link/${linkId}`,
    customerId: row.customerId,
    text: async (customer) => mandateLinkText({ ...customer, url }),
  };
}
