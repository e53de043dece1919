import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import type { IssuedInvoice } from '#libs/invoicing/issue-invoice.js';
import { printedMoney } from '#libs/invoicing/printed-numbers.js';
import { reissueInvoice } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';

import { dataFolder } from '../servers/folders.js';
import { keptFiscalKeyFile } from '../system/data-folder.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

async function reissue(sql: Sql, numberText: string): Promise<IssuedInvoice> {
  const document = await sql
    .selectFrom('fiscal_document')
    .select(['id', 'installation_id'])
    .where('number_text', '=', numberText)
    .executeTakeFirst();
  if (document === undefined) refuse(`There is no document ${numberText}`);
  const file = keptFiscalKeyFile(dataFolder(process.env));
  const signer = openFiscalSigner({ ...(file === null ? {} : { CHAZEMO_FISCAL_KEY: file }), ...process.env });
  const order = { documentId: document.id, now: new Date(), signer, by: BY, workflowIdOf: collectionWorkflowId };
  const issued = await sql.transaction().execute(async (trx) => {
    const done = await reissueInvoice(trx, order);
    const event = { actor: BY, action: 'invoice.reissue', subject: `invoice/${document.id}` };
    await recordAudit(trx, { ...event, installationId: document.installation_id, before: null, after: { ...done } });
    return done;
  });
  if ('refused' in issued) refuse(`Not issued again: ${JSON.stringify(issued.refused)}`);
  await storeInvoicePdf(sql, issued);
  return issued;
}

/** `chazemo reissue`: invoices a month again whose invoice was given back for it. */
export function reissueCommand(): Command {
  return new Command('reissue')
    .description('invoice a month again, after a credit note with --reissue gave its invoice back')
    .argument('<number>', 'of the invoice that was given back, such as "FT CZM2026/17"')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (numberText: string, flags: { readonly json?: boolean }) => {
        const issued = await withDatabase(({ sql }) => reissue(sql, numberText));
        const text =
          `${issued.numberText}: ${printedMoney(issued.grossCents)}, in place of ${numberText}. ` +
          'The back office starts its collection within a minute.';
        process.stdout.write(`${flags.json === true ? JSON.stringify(issued) : text}\n`);
      }),
    );
}
