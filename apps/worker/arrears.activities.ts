import { Inject, Injectable } from '@nestjs/common';

import { enterStage, type StageEntry as BookedEntry } from '#libs/arrears/enter-stage.js';
import { openCase } from '#libs/arrears/open-case.js';
import { closeCase, recordCaseProgress } from '#libs/arrears/record-case-progress.js';
import { stageLetter } from '#libs/arrears/stage-letter.js';
import { CASE_STAGES } from '#libs/arrears/stages.js';
import { dueCents } from '#libs/ledger/balances.js';
import { moneyPageUrl } from '#libs/notifications/money-page.js';
import { queueMail } from '#libs/notifications/queue-mail.js';
import { collectionFacts } from '#libs/payments/collection-facts.js';
import type { Sql } from '#libs/persistence/database.js';
import type {
  ArrearsActivities,
  ArrearsRecords,
  OpenedCase,
  StageEntry,
  StagePlan,
} from '#workflows/arrears/activities.js';
import { arrearsWorkflowId, type ArrearsInput } from '#workflows/arrears/messages.js';
import type { Refused } from '#workflows/refusal.js';

import { activityNow } from './activity-clock.js';
import { told } from './arrears-looks.js';
import { PUBLIC_URL, SQL } from './resources.js';

type StageActivities = Pick<ArrearsActivities, 'openArrears' | 'enterArrearsStage' | 'nextAttemptNo'>;

/** The chase of unpaid invoices: its stages, its letters, its place in the database. */
@Injectable()
export class ArrearsActivitiesService implements StageActivities, ArrearsRecords {
  readonly #sql: Sql;

  readonly #payUrl: string | null;

  constructor(@Inject(SQL) sql: Sql, @Inject(PUBLIC_URL) publicUrl: string | null) {
    this.#sql = sql;
    this.#payUrl = publicUrl === null ? null : moneyPageUrl(publicUrl);
  }

  async openArrears({ documentId, cause }: ArrearsInput): Promise<OpenedCase> {
    const order = { documentId, cause, workflowId: arrearsWorkflowId(documentId), now: activityNow() };
    const opened = await openCase(this.#sql, order);
    const { installationId } = opened;
    if ('settled' in opened) {
      return { installationId, settled: true, suspended: opened.suspended, stage: 'opened', next: null };
    }
    const row = await this.#sql
      .selectFrom('arrears_case')
      .select('stage')
      .where('document_id', '=', documentId)
      .executeTakeFirstOrThrow();
    const stage = CASE_STAGES.find((one) => one === row.stage) ?? 'opened';
    return { installationId, settled: false, stage, ...told(opened.look, order.now) };
  }

  /** The stage and its letter come together or not at all. */
  async enterArrearsStage(documentId: string, stage: StagePlan['stage']): Promise<StageEntry | Refused> {
    const now = activityNow();
    return this.#sql.transaction().execute(async (trx) => {
      const entry = await enterStage(trx, { documentId, stage, now });
      if ('refused' in entry) return entry;
      if (!entry.entered) return this.#notEntered(trx, { documentId, stage, now }, entry);
      const letter = await stageLetter(trx, { documentId, stage, payUrl: this.#payUrl });
      const mailId = letter === null ? null : (await queueMail(trx, letter)).mailId;
      return { ...told(entry.look, now), entered: true, mailId, processing: [] };
    });
  }

  async nextAttemptNo(documentId: string): Promise<number> {
    return (await collectionFacts(this.#sql, documentId)).nextAttemptNo;
  }

  arrearsDueCents(documentId: string): Promise<number> {
    return dueCents(this.#sql, documentId);
  }

  async recordArrears(documentId: string, progress: Parameters<ArrearsRecords['recordArrears']>[1]): Promise<void> {
    const { stage, since, nextStage, nextActionAt, pausedReason, outcome, closedAt } = progress;
    await recordCaseProgress(this.#sql, documentId, {
      stage,
      since: new Date(since),
      nextStage,
      nextActionAt: nextActionAt === null ? null : new Date(nextActionAt),
      pausedReason,
    });
    if (outcome === null || closedAt === null) return;
    const now = new Date(closedAt);
    await this.#sql.transaction().execute((trx) => closeCase(trx, { documentId, outcome, now }));
  }

  async #notEntered(
    trx: Sql,
    { documentId, stage, now }: { readonly documentId: string; readonly stage: StagePlan['stage']; readonly now: Date },
    entry: Extract<BookedEntry, { entered: false }>,
  ): Promise<StageEntry> {
    const nothing = { entered: false, mailId: null, processing: [] };
    switch (entry.because) {
      case 'settled':
      case 'closed': // the workflow asks the ledger first, and so finds out
        return { ...nothing, next: null };
      case 'replanned':
      case 'standstill':
        return { ...told(entry.look, now), ...nothing };
      case 'debit-in-flight':
      case 'too-early':
      case 'forbidden-day': {
        const next = { stage, at: entry.until.toISOString() };
        const processing = await paymentsUnderWay(trx, documentId);
        return { ...told(entry.look, now), ...nothing, next, processing };
      }
      default:
        return entry satisfies never;
    }
  }
}

async function paymentsUnderWay(sql: Sql, documentId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('payment_attempt')
    .select('provider_payment_id')
    .where('document_id', '=', documentId)
    .where('state', '=', 'processing')
    .execute();
  return rows.flatMap(({ provider_payment_id: id }) => (id === null ? [] : [id]));
}
