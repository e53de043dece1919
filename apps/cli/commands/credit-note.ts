import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import { printedMoney } from '#libs/invoicing/printed-numbers.js';
import { creditInvoice, type CreditedInvoice } from '#libs/payments/credit-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';

import { dataFolder } from '../servers/folders.js';
import { keptFiscalKeyFile } from '../system/data-folder.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface Flags {
  readonly reason: string;
  readonly line: readonly string[];
  readonly key?: string;
  readonly reissue?: boolean;
  readonly json?: boolean;
}

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

/** `3` is the whole line, `3:250` two euros and fifty of it. */
function choiceOf(lines: readonly string[]) {
  if (lines.length === 0) return 'whole' as const;
  return lines.map((text) => {
    const [, lineNo, cents] = /^(\d+)(?::(-?\d+))?$/.exec(text) ?? refuse(`--line is 3 or 3:250, not "${text}"`);
    return { lineNo: Number(lineNo), ...(cents === undefined ? {} : { netCents: Number(cents) }) };
  });
}

async function credit(sql: Sql, numberText: string, flags: Flags): Promise<CreditedInvoice> {
  const document = await sql
    .selectFrom('fiscal_document')
    .select(['id', 'installation_id'])
    .where('number_text', '=', numberText)
    .executeTakeFirst();
  if (document === undefined) refuse(`There is no document ${numberText}`);
  const choice = choiceOf(flags.line);
  const file = keptFiscalKeyFile(dataFolder(process.env));
  const signer = openFiscalSigner({ ...(file === null ? {} : { CHAZEMO_FISCAL_KEY: file }), ...process.env });
  const key = flags.key ?? `command-line/${flags.line.join(',') || 'whole'}`;
  const order = { documentId: document.id, key, choice, reason: flags.reason, now: new Date(), signer, by: BY };
  const credited = await sql.transaction().execute(async (trx) => {
    const note = await creditInvoice(trx, { ...order, reissue: flags.reissue ?? false });
    if ('refused' in note) refuse(`No credit note: ${JSON.stringify(note.refused)}`);
    const event = { actor: BY, action: 'invoice.credit', subject: `invoice/${document.id}` };
    await recordAudit(trx, { ...event, installationId: document.installation_id, before: null, after: { ...note } });
    return note;
  });
  await storeInvoicePdf(sql, { documentId: credited.documentId });
  return credited;
}

/** `chazemo credit-note`: gives back an invoice, whole or in part. */
export function creditNoteCommand(): Command {
  return new Command('credit-note')
    .description('give back an invoice, whole or by lines, with a credit note that says why')
    .argument('<number>', 'of the invoice, such as "FT CZM2026/17"')
    .requiredOption('--reason <text>', 'printed on the note')
    .option(
      '--line <line[:cents]...>',
      'a line of the invoice, or so many cents of it; without it the whole invoice',
      [],
    )
    .option('--reissue', 'the customer’s month is to be invoiced again')
    .option('--key <key>', 'of this decision: the same key is the same note, however often it is given')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (numberText: string, flags: Flags) => {
        const note = await withDatabase(({ sql }) => credit(sql, numberText, flags));
        const text =
          `${note.numberText}: ${printedMoney(-note.grossCents)} given back on ${numberText}, ` +
          `${printedMoney(note.dueCents)} still due` +
          (note.movedCents === 0 ? '.' : `, ${printedMoney(note.movedCents)} are prepaid now.`);
        process.stdout.write(`${flags.json === true ? JSON.stringify(note) : text}\n`);
      }),
    );
}
