import { recordAudit } from '#libs/identity/audit.js';
import type { RetailerInvoiceRefusal } from '#libs/imputation/check-retailer-invoice.js';
import { enterRetailerInvoice } from '#libs/imputation/retailer-invoice.js';

import type { Actor } from './actor.js';
import type { EnterBill, Month } from './api-types.js';
import { Problem } from './problem.js';
import type { Backoffice } from './tokens.js';

const CODES: Record<RetailerInvoiceRefusal['code'], string> = {
  'RETAILER_INVOICE.INSTALLATION_NOT_FOUND': 'not-found',
  'RETAILER_INVOICE.INVALID': 'invalid-input',
  'RETAILER_INVOICE.LINES_NOT_NET': 'bill-lines-not-net',
  'RETAILER_INVOICE.NOT_TOTAL': 'bill-not-total',
};

/** Enters the retailer's invoice for a month, with what stood under its number before in the audit log. */
export async function enterBill(
  backoffice: Backoffice,
  actor: Actor,
  month: Pick<Month, 'cycleId' | 'installationId' | 'period'>,
  invoice: EnterBill,
): Promise<void> {
  const { installationId, period, cycleId } = month;
  const { sql, now } = backoffice;
  await sql.transaction().execute(async (trx) => {
    const entry = { ...invoice, installationId, period };
    const entered = await enterRetailerInvoice(trx, { ...entry, by: actor.label, now: now() });
    if ('refused' in entered) throw problemOf(entered.refused);
    const event = { actor: actor.label, action: 'bill.enter', subject: `month/${cycleId}`, installationId };
    await recordAudit(trx, { ...event, before: entered.ok.before, after: entry });
  });
}

function problemOf({ code, field, line, message }: RetailerInvoiceRefusal): Problem {
  const place = line === null ? field : `lines.${line - 1}.${field}`;
  return new Problem(400, CODES[code], 'Invalid invoice', message, { field: place });
}
