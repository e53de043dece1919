import { sql as raw, type Selectable } from 'kysely';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Schema, Sql } from '../../persistence/database.js';
import { lastFour, type AccountVault } from '../account-vault.js';
import { isValidIban } from '../iban.js';
import { isDay } from './credit-transfer-file.js';
import { isMandateReference } from './direct-debit-file.js';
import { isValidBic, sepaText } from './sepa-text.js';
import type { MandateUse } from './sequence.js';

export type StoredMandate = Selectable<Schema['sepa_mandate']>;

export interface SepaMandateOrder {
  readonly issuerId: string;
  readonly customerId: string;
  /** As printed on what was signed; made from customer and number of mandates where none is given. */
  readonly reference: string | null;
  readonly kind: 'recurring' | 'one-off';
  readonly signedOn: string;
  readonly accountHolder: string | null;
  readonly iban: string;
  readonly bic: string | null;
  /** How it was signed, and where the proof is. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly now: Date;
}

export type SepaMandateRefusal =
  | 'CUSTOMER_NOT_FOUND'
  | 'IBAN_INVALID'
  | 'BIC_INVALID'
  | 'DATE_INVALID'
  | 'REFERENCE_INVALID'
  | 'REFERENCE_USED'
  | 'ACCOUNT_HOLDER_INVALID';

export type RegisteredSepaMandate =
  | { readonly mandateId: string; readonly reference: string; readonly ibanLast4: string }
  | { readonly refused: { readonly code: SepaMandateRefusal } };

/** Registers a signed mandate; it takes the place of the customer's former one. The IBAN is sealed, its last four shown. */
export async function registerSepaMandate(
  sql: Sql,
  vault: AccountVault,
  order: SepaMandateOrder,
): Promise<RegisteredSepaMandate> {
  return sql.transaction().execute(async (trx) => {
    const customer = await customerOfIssuer(trx, order);
    if (customer === null) return { refused: { code: 'CUSTOMER_NOT_FOUND' } };
    await lockCustomerBooks(trx, order.customerId);
    const accountHolder = order.accountHolder ?? customer.name;
    const reference = order.reference ?? (await nextReference(trx, order));
    const code = problemOf(order, reference, accountHolder) ?? (await usedBefore(trx, order.issuerId, reference));
    if (code !== null) return { refused: { code } };
    const { issuerId, customerId, iban, now } = order;
    await trx
      .updateTable('sepa_mandate')
      .set({ status: 'inactive', inactive_at: now, inactive_reason: `replaced by ${reference}` })
      .where('issuer_id', '=', issuerId)
      .where('customer_id', '=', customerId)
      .where('status', '=', 'active')
      .execute();
    const { id } = await trx
      .insertInto('sepa_mandate')
      .values({
        issuer_id: issuerId,
        customer_id: customerId,
        reference,
        kind: order.kind,
        signed_on: order.signedOn,
        account_holder: accountHolder,
        iban_sealed: vault.seal(iban),
        iban_last4: lastFour(iban),
        bic: order.bic,
        evidence: raw<Record<string, unknown>>`${JSON.stringify(order.evidence)}::jsonb`,
        created_at: now,
        created_by: order.by,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { mandateId: id, reference, ibanLast4: lastFour(iban) };
  });
}

async function customerOfIssuer(
  trx: Sql,
  { issuerId, customerId }: SepaMandateOrder,
): Promise<{ name: string } | null> {
  const row = await trx
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .where('customer.id', '=', customerId)
    .where('installation.issuer_id', '=', issuerId)
    .select('customer.name')
    .executeTakeFirst();
  return row ?? null;
}

async function nextReference(trx: Sql, { issuerId, customerId }: SepaMandateOrder): Promise<string> {
  const { count } = await trx
    .selectFrom('sepa_mandate')
    .where('issuer_id', '=', issuerId)
    .where('customer_id', '=', customerId)
    .select(raw<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return `ADC-${customerId.replace(/[^A-Za-z0-9]/g, '').slice(0, 24)}-${count + 1}`;
}

function problemOf(order: SepaMandateOrder, reference: string, accountHolder: string): SepaMandateRefusal | null {
  if (!isValidIban(order.iban)) return 'IBAN_INVALID';
  if (order.bic !== null && !isValidBic(order.bic)) return 'BIC_INVALID';
  if (!isDay(order.signedOn) || order.signedOn > order.now.toISOString().slice(0, 10)) return 'DATE_INVALID';
  if (!isMandateReference(reference)) return 'REFERENCE_INVALID';
  return sepaText(accountHolder, 70) === '' ? 'ACCOUNT_HOLDER_INVALID' : null;
}

async function usedBefore(trx: Sql, issuerId: string, reference: string): Promise<'REFERENCE_USED' | null> {
  const row = await trx
    .selectFrom('sepa_mandate')
    .select('id')
    .where('issuer_id', '=', issuerId)
    .where('reference', '=', reference)
    .executeTakeFirst();
  return row === undefined ? null : 'REFERENCE_USED';
}

/** Ends a mandate: nothing more is debited under it. False when it had ended before, or there is none. */
export async function endSepaMandate(
  sql: Sql,
  { mandateId, reason, now }: { readonly mandateId: string; readonly reason: string; readonly now: Date },
): Promise<boolean> {
  const ended = await sql
    .updateTable('sepa_mandate')
    .set({ status: 'inactive', inactive_at: now, inactive_reason: reason })
    .where('id', '=', mandateId)
    .where('status', '=', 'active')
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

export async function activeSepaMandate(sql: Sql, issuerId: string, customerId: string): Promise<StoredMandate | null> {
  const row = await sql
    .selectFrom('sepa_mandate')
    .selectAll()
    .where('issuer_id', '=', issuerId)
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return row ?? null;
}

/** What decides how the mandate's next debit is marked. A rejected debit was none: the first one is then still to come. */
export async function mandateUse(sql: Sql, mandate: StoredMandate): Promise<MandateUse> {
  const row = await sql
    .selectFrom('sepa_debit')
    .innerJoin('sepa_batch', 'sepa_batch.id', 'sepa_debit.batch_id')
    .where('sepa_debit.mandate_id', '=', mandate.id)
    .where('sepa_debit.state', 'in', ['presented', 'settled', 'returned'])
    .select(raw<string | null>`max(sepa_batch.collection_date)`.as('day'))
    .executeTakeFirstOrThrow();
  return {
    kind: mandate.kind === 'one-off' ? 'one-off' : 'recurring',
    signedOn: mandate.signed_on,
    lastCollectedOn: row.day,
    isLast: mandate.is_last,
  };
}
