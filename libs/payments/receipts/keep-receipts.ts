import type { FiscalRefusal } from '../../invoicing/fiscal/fiscal-refusal.js';
import type { FiscalSigner } from '../../invoicing/fiscal/sign-document.js';
import type { Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';
import { cancelReceipt } from './cancel-receipt.js';
import { issueReceipt } from './issue-receipt.js';
import { paymentsWithoutReceipt, receiptsToCancel, type ReceiptablePayment } from './waiting-receipts.js';

export interface KeptReceipts {
  /** Ids of the receipts that were issued now. */
  readonly issued: readonly string[];
  readonly cancelled: number;
  readonly refused: readonly { readonly key: string; readonly refused: FiscalRefusal }[];
}

/** Printed on the cancellation; documents are Portuguese. */
const MONEY_WENT_BACK = 'Pagamento devolvido';

/**
 * Brings receipts up to date with the books: what went back cancels its receipt, what was paid gets one. Each in a
 * transaction of its own, whatever else runs at the same time; asked again it changes nothing.
 */
export async function keepReceipts(
  sql: Sql,
  { now, signer }: { readonly now: Date; readonly signer: FiscalSigner | null },
): Promise<KeptReceipts> {
  let cancelled = 0;
  for (const { entryId } of await receiptsToCancel(sql)) {
    cancelled += Number(await sql.transaction().execute((trx) => cancelFor(trx, entryId, now)));
  }
  const issued: string[] = [];
  const refused: { key: string; refused: FiscalRefusal }[] = [];
  for (const keys of receiptGroups(await paymentsWithoutReceipt(sql))) {
    const receipt = await sql.transaction().execute((trx) => issueReceipt(trx, { keys, now, signer }));
    if (receipt === null) continue;
    if ('refused' in receipt) refused.push({ key: keys[0] ?? '', refused: receipt.refused });
    else issued.push(receipt.receiptId);
  }
  return { issued, cancelled, refused };
}

/** Two reversals on one invoice are taken one after the other, each with a receipt of its own. */
async function cancelFor(trx: Sql, entryId: string, now: Date): Promise<boolean> {
  await lockUntilEnd(trx, 'cancel-receipts');
  const [found] = await receiptsToCancel(trx, entryId);
  if (found === undefined) return false;
  const { receiptId } = found;
  const order = { receiptId, entryId, reason: MONEY_WENT_BACK, now };
  return (await cancelReceipt(trx, order)).cancelled;
}

/**
 * Which payments share a receipt: money that came at once for several invoices, whose keys are one key and the
 * invoice's id behind it.
 */
export function receiptGroups(
  payments: readonly Pick<
    ReceiptablePayment,
    'key' | 'documentId' | 'customerId' | 'issuerId' | 'currency' | 'cashVat'
  >[],
): string[][] {
  const groups = Map.groupBy(payments, ({ key, documentId, customerId, issuerId, currency, cashVat }) => {
    const suffix = `/${documentId}`;
    const money = key.endsWith(suffix) ? key.slice(0, -suffix.length) : key;
    return JSON.stringify([money, customerId, issuerId, currency, cashVat]);
  });
  return [...groups.values()].map((group) => group.map(({ key }) => key));
}
