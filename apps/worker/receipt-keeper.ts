import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import { sendMail } from '#libs/notifications/send-mail.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import type { Sql } from '#libs/persistence/database.js';
import { queueReceiptMail, receiptsToMail } from '#libs/reporting/queue-receipt-mail.js';
import { storeReceiptPdf } from '#libs/reporting/store-receipt-pdf.js';

import type { MailResource } from './resources.js';

/** Whoever paid has the receipt within this. */
const EVERY_MS = 10_000;

export interface ReceiptKeeperOptions {
  readonly sql: Sql;
  readonly signer: FiscalSigner | null;
  readonly mail: MailResource;
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

/** Receipts for what was paid, each with its mail. */
export async function keepOnce(options: ReceiptKeeperOptions): Promise<void> {
  const { sql, signer, log } = options;
  try {
    const { issued, cancelled, refused } = await keepReceipts(sql, { now: new Date(), signer });
    if (issued.length + cancelled > 0) log.info({ issued: issued.length, cancelled }, 'receipts brought up to date');
    if (refused.length > 0) log.warn({ refused: refused.length, first: refused[0]?.refused }, 'receipts must wait');
    await mailReceipts(options);
  } catch (error) {
    log.warn({ err: error }, 'receipts could not be looked at; trying again');
  }
}

async function mailReceipts({ sql, mail, log }: ReceiptKeeperOptions): Promise<void> {
  const { unstored, unqueued, unsent } = await receiptsToMail(sql, new Date());
  for (const receiptId of unstored) await storeReceiptPdf(sql, { receiptId });
  const queued: string[] = [];
  for (const receiptId of unqueued) {
    const { mailId } = await queueReceiptMail(sql, { receiptId });
    if (mailId !== null) queued.push(mailId);
  }
  for (const mailId of new Set([...unsent, ...queued])) {
    // The row keeps the error; it is tried again.
    await sendMail({ sql, ...mail }, mailId).catch((error: unknown) =>
      log.warn({ err: error }, 'the mail of a receipt was not sent'),
    );
  }
}
