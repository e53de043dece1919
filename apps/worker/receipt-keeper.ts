import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import type { Sql } from '#libs/persistence/database.js';
import { storeReceiptPdf } from '#libs/reporting/store-receipt-pdf.js';

/** Whoever paid has the receipt within this. */
const EVERY_MS = 10_000;

export interface ReceiptKeeperOptions {
  readonly sql: Sql;
  readonly signer: FiscalSigner | null;
  readonly log: Logger;
}

/**
 * Issues the receipts of what was paid, whatever posted it, until the signal aborts. Any number of workers may: the
 * database issues each once.
 */
export async function keepReceiptsIssued(options: ReceiptKeeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await keepOnce(options);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function keepOnce({ sql, signer, log }: ReceiptKeeperOptions): Promise<void> {
  try {
    const { issued, cancelled, refused } = await keepReceipts(sql, { now: new Date(), signer });
    for (const receiptId of issued) await storeReceiptPdf(sql, { receiptId });
    if (issued.length + cancelled > 0) log.info({ issued: issued.length, cancelled }, 'receipts brought up to date');
    if (refused.length > 0) log.warn({ refused: refused.length, first: refused[0]?.refused }, 'receipts must wait');
  } catch (error) {
    log.warn({ err: error }, 'receipts could not be looked at; trying again');
  }
}
