import type { Sql } from '../persistence/database.js';

/** One change by a person. */
export interface AuditEvent {
  /** An e-mail address of a user, or `api:<token name>`. */
  readonly actor: string;
  /** `month.approve`, `oddity.resolve`, … */
  readonly action: string;
  /** What was changed: `month/<cycle>`, `collection/<document>`, … */
  readonly subject: string;
  readonly installationId: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

/** Writes it down, in the transaction that makes the change; entries are never changed. */
export async function recordAudit(trx: Sql, event: AuditEvent): Promise<{ auditId: number }> {
  const row = await trx
    .insertInto('audit_entry')
    .values({
      actor: event.actor,
      action: event.action,
      subject: event.subject,
      installation_id: event.installationId,
      before: json(event.before),
      after: json(event.after),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { auditId: row.id };
}
