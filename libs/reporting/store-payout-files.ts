import { markPayoutSent, type PayoutDeed, type PayoutRefused } from '../payments/payout/decide-on-payout.js';
import { creditTransferFile, type SepaFileRefused } from '../payments/sepa/credit-transfer-file.js';
import { sepaIdOf } from '../payments/sepa/sepa-text.js';
import { inOneSnapshot, type Sql } from '../persistence/database.js';
import { loadPayoutStatement, renderPayoutStatement } from './payout-statement.js';
import { findStoredFile, storeFile, type StoredFileRef } from './stored-files.js';

const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** `payout-statement/<payout>`, made once: what it says was settled when the payout was proposed. */
export async function storePayoutStatement(sql: Sql, payoutId: string): Promise<StoredFileRef> {
  const key = `payout-statement/${payoutId}`;
  const kept = await findStoredFile(sql, key);
  if (kept !== undefined) return kept;
  const { facts, bytes } = await inOneSnapshot(sql, async (snapshot) => {
    const statement = await loadPayoutStatement(snapshot, payoutId);
    return { facts: statement, bytes: await renderPayoutStatement(statement) };
  });
  const fileName = `entrega-${facts.condominiumId}-${facts.number}.xlsx`;
  return storeFile(sql, { key, fileName, contentType: EXCEL, bytes });
}

export type PayoutFile =
  | { readonly file: StoredFileRef; readonly changed: boolean }
  | PayoutRefused
  | SepaFileRefused
  /** SEPA files are in euros; such a payout is marked as paid by hand. */
  | { readonly refused: { readonly code: 'PAYOUT.NOT_IN_EUROS' } };

/**
 * The bank's order for an approved payout (pain.001), made once and kept; with it the payout is sent. Its end-to-end id
 * is the payout's id without dashes, so the bank's line tells which payout it is. `executionDate` is yyyy-mm-dd.
 */
export async function storePayoutFile(
  trx: Sql,
  { executionDate, ...deed }: PayoutDeed & { readonly executionDate: string },
): Promise<PayoutFile> {
  const key = `payout-file/${deed.payoutId}`;
  const row = await trx
    .selectFrom('payout')
    .innerJoin('condominium', 'condominium.id', 'payout.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'payout.issuer_id')
    .where('payout.id', '=', deed.payoutId)
    .select([
      'payout.number',
      'payout.currency',
      'payout.total_cents',
      'payout.period',
      'condominium.id as condominium_id',
    ])
    .select(['condominium.name', 'condominium.iban', 'issuer.name as issuer_name', 'issuer.iban as issuer_iban'])
    .executeTakeFirst();
  if (row === undefined) return { refused: { code: 'PAYOUT.NOT_FOUND' } };
  const kept = await findStoredFile(trx, key);
  if (kept !== undefined) return { file: kept, changed: false };
  if (row.currency !== 'EUR') return { refused: { code: 'PAYOUT.NOT_IN_EUROS' } };
  const id = sepaIdOf(deed.payoutId);
  const file = creditTransferFile({
    messageId: id,
    createdAt: deed.now,
    executionDate,
    debtor: { name: row.issuer_name, iban: row.issuer_iban ?? '' },
    transfers: [
      {
        endToEndId: id,
        amountCents: row.total_cents,
        creditor: { name: row.name, iban: row.iban ?? '' },
        text: `Carregamentos ${row.period}, entrega ${row.number}`,
      },
    ],
  });
  if ('refused' in file) return file;
  const sent = await markPayoutSent(trx, { ...deed, iban: row.iban ?? '' });
  if ('refused' in sent) return sent;
  const fileName = `entrega-${row.condominium_id}-${row.number}.xml`;
  const bytes = Buffer.from(file.content, 'utf8');
  return {
    file: await storeFile(trx, { key, fileName, contentType: 'application/xml', bytes }),
    changed: sent.changed,
  };
}
