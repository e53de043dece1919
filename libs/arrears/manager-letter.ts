import type { Sql } from '../persistence/database.js';
import { loadCase } from './case-facts.js';
import { localDate, longDate, moneyWords } from './letter-words.js';
import { writeManagerLetter, type ManagerLetterKind } from './manager-letters.js';
import type { StageLetter } from './stage-letter.js';

export type ManagerLetter = Omit<StageLetter, 'customerId'>;

/** The letter to the manager of a case's condominium, in the installation's language. */
export async function managerLetter(
  sql: Sql,
  order: { readonly documentId: string; readonly kind: ManagerLetterKind; readonly reason: string | null },
): Promise<ManagerLetter> {
  const { documentId, kind, reason } = order;
  const loaded = await loadCase(sql, documentId);
  if (loaded === null) throw new Error(`document ${documentId} has no arrears case`);
  const { collection, deadline, facts } = loaded;
  const manager = await sql
    .selectFrom('installation')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .select(['condominium.manager_name as name', 'condominium.manager_email as email', 'installation.language'])
    .where('installation.id', '=', collection.installationId)
    .executeTakeFirstOrThrow();
  const language = manager.language === 'en' ? 'en' : 'pt';
  const letter = writeManagerLetter(
    kind,
    {
      managerName: manager.name,
      customerName: collection.customerName,
      numberText: collection.numberText,
      due: moneyWords(collection.dueCents, collection.currency, language),
      dueDate: longDate(Temporal.PlainDate.from(collection.dueDate), language),
      lapsesOn: longDate(localDate(deadline.lapsesAt, facts.timeZone), language),
      reason,
      issuerName: collection.issuer.name,
      issuerEmail: collection.issuer.email,
    },
    language,
  );
  const key = `arrears/${documentId}/${kind}/${facts.openedAt.toISOString()}`;
  return { ...letter, installationId: collection.installationId, recipient: manager.email, key };
}
