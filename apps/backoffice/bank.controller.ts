import { createHash, randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { accountVault } from '#libs/payments/account-vault.js';
import { newsOfStatements, payersAheadBy } from '#libs/payments/bank-news.js';
import { decideOpen, undoDecision, type LineDecided } from '#libs/payments/bank/decide-line.js';
import { importStatement } from '#libs/payments/bank/import-statement.js';
import { matchToBooks } from '#libs/payments/bank/match-to-books.js';
import { matchBankLines } from '#libs/payments/match-bank-lines.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  BANK_LINE_STATES,
  bankIssuersSchema,
  bankLinePageSchema,
  bankLineSchema,
  decideLineSchema,
  matchLineSchema,
  openInvoicesSchema,
  statementAnswerSchema,
  statementUploadSchema,
  undoDecisionSchema,
  type BankIssuer,
  type BankLine,
  type DecideLine,
  type MatchLine,
  type OpenInvoice,
  type Page,
  type StatementAnswer,
  type StatementUpload,
  type UndoDecision,
} from './api-types.js';
import { bankProblem } from './bank-refusals.js';
import { bankIssuers, bankLineById, bankLines, openInvoices } from './bank.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { tellBankNews } from './tell-bank-news.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const dryRunQuery = z.strictObject({ dryRun: z.stringbool().default(false) });
const issuerId = z.string().min(1).max(60);
const linesQuery = z.strictObject({ issuerId, state: z.enum(BANK_LINE_STATES).default('open'), ...pagingFields });
const invoicesQuery = z.strictObject({ issuerId, words: z.string().max(100).default('') });

/** Statements of the issuers' own accounts: staff alone, for strangers pay there too. */
@ApiTags('bank')
@Controller('api/v1/bank')
export class BankController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('issuers')
  @Answers('Issuers with an account, and whether they collect through their own bank', bankIssuersSchema)
  async issuers(@CurrentActor() actor: Actor): Promise<{ items: BankIssuer[] }> {
    scopeFor(actor, 'collection.act');
    return { items: await bankIssuers(this.backoffice.sql, this.backoffice.now()) };
  }

  @Get('lines')
  @Answers('Lines of an issuer’s account, with decisions and proposals', bankLinePageSchema)
  async lines(
    @CurrentActor() actor: Actor,
    @Query({ schema: linesQuery }) query: z.infer<typeof linesQuery>,
  ): Promise<Page<BankLine>> {
    scopeFor(actor, 'collection.act');
    return bankLines(this.backoffice.sql, query, this.backoffice.now());
  }

  @Get('open-invoices')
  @Answers('Invoices of an issuer that are still owed', openInvoicesSchema)
  async invoices(
    @CurrentActor() actor: Actor,
    @Query({ schema: invoicesQuery }) query: z.infer<typeof invoicesQuery>,
  ): Promise<{ items: OpenInvoice[] }> {
    scopeFor(actor, 'collection.act');
    return { items: await openInvoices(this.backoffice.sql, { ...query, now: this.backoffice.now() }) };
  }

  /** A dry run is the same path. What is certain is matched at once; the same file again only tells again. */
  @Post('statements')
  @HttpCode(200)
  @Answers(
    'Imports a bank statement (camt.053 or CSV), all or nothing; with dryRun it changes nothing',
    statementAnswerSchema,
  )
  async upload(
    @CurrentActor() actor: Actor,
    @Query({ schema: dryRunQuery }) { dryRun }: z.infer<typeof dryRunQuery>,
    @Body({ schema: statementUploadSchema }) upload: StatementUpload,
  ): Promise<StatementAnswer> {
    scopeFor(actor, 'collection.act');
    const { sql, settings } = this.backoffice;
    await this.#knownIssuer(upload.issuerId);
    const now = this.backoffice.now();
    const bytes = Buffer.from(upload.contentBase64, 'base64');
    const columns = upload.columns === undefined ? {} : { columns: withoutUndefined(upload.columns) };
    const file = { issuerId: upload.issuerId, fileName: upload.fileName, bytes, dryRun, by: actor.label, now };
    const { imported, problems, statements } = await importStatement(sql, accountVault(settings.secret), {
      ...file,
      ...columns,
    });
    if (!imported)
      return { imported, dryRun, problems: [...problems], statements: [...statements], matched: 0, left: 0 };
    const found = await matchBankLines(sql, { issuerId: upload.issuerId, now });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await recordAudit(sql, {
      actor: actor.label,
      action: 'bank.import-statement',
      subject: `bank-statement/${sha256}`,
      installationId: null,
      before: null,
      after: {
        fileName: upload.fileName,
        issuerId: upload.issuerId,
        statements,
        matched: found.matched,
        left: found.left,
      },
    });
    const again = await newsOfStatements(
      sql,
      statements.flatMap(({ statementId }) => statementId ?? []),
    );
    await tellBankNews(this.backoffice, {
      documentIds: [...found.documentIds, ...again.documentIds],
      customerIds: [...found.customerIds, ...again.customerIds],
      payments: [...found.payments, ...again.payments],
    });
    const { matched, left } = found;
    return { imported, dryRun, problems: [], statements: [...statements], matched, left };
  }

  @Post('lines/:lineId/match')
  @HttpCode(200)
  @Answers('Gives a line, whole or in part, to invoices and to what customers have paid ahead', bankLineSchema)
  async match(
    @CurrentActor() actor: Actor,
    @Param('lineId', { schema: idSchema }) lineId: string,
    @Body({ schema: matchLineSchema }) { parts, reason }: MatchLine,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<BankLine> {
    scopeFor(actor, 'collection.act');
    const order = { lineId, key: keyOf(actor, idempotencyKey), parts, foundBy: 'person', reason };
    const result = await matchToBooks(this.backoffice.sql, { ...order, by: actor.label, now: this.backoffice.now() });
    return this.#decided(actor, { lineId, action: 'match', after: { parts, reason: reason ?? null } }, result);
  }

  @Post('lines/:lineId/decide')
  @HttpCode(200)
  @Answers('Says of the rest of a line that it went back, is a provider’s payout, or is set aside', bankLineSchema)
  async decide(
    @CurrentActor() actor: Actor,
    @Param('lineId', { schema: idSchema }) lineId: string,
    @Body({ schema: decideLineSchema }) { kind, payoutId, reason }: DecideLine,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<BankLine> {
    scopeFor(actor, 'collection.act');
    const order = { lineId, key: keyOf(actor, idempotencyKey), reason, by: actor.label, now: this.backoffice.now() };
    const result = await decideOpen(this.backoffice.sql, kind, { ...order, payoutId });
    const after = { reason, ...(payoutId === undefined ? {} : { payoutId }) };
    return this.#decided(actor, { lineId, action: kind, after }, result);
  }

  @Post('lines/:lineId/undo')
  @HttpCode(200)
  @Answers('Takes a decision back by adding the opposite; the money is unmatched again', bankLineSchema)
  async undo(
    @CurrentActor() actor: Actor,
    @Param('lineId', { schema: idSchema }) lineId: string,
    @Body({ schema: undoDecisionSchema }) { decisionId, reason }: UndoDecision,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<BankLine> {
    scopeFor(actor, 'collection.act');
    const order = { lineId, decisionId, key: keyOf(actor, idempotencyKey), reason };
    const result = await undoDecision(this.backoffice.sql, { ...order, by: actor.label, now: this.backoffice.now() });
    return this.#decided(actor, { lineId, action: 'undo', after: { decisionId, reason } }, result);
  }

  async #decided(
    actor: Actor,
    { lineId, action, after }: { readonly lineId: string; readonly action: string; readonly after: unknown },
    result: LineDecided | Awaited<ReturnType<typeof matchToBooks>>,
  ): Promise<BankLine> {
    const { sql, now } = this.backoffice;
    if ('refused' in result) throw bankProblem(result.refused.code);
    if (result.decided) {
      const event = { actor: actor.label, action: `bank.${action}`, subject: `bank-line/${lineId}` };
      await recordAudit(sql, { ...event, installationId: null, before: null, after });
    }
    const customerIds = await payersAheadBy(sql, lineId);
    await tellBankNews(this.backoffice, { documentIds: result.documentIds, customerIds, payments: [] });
    const line = await bankLineById(sql, lineId, now());
    if (line === null) throw new Error(`bank line ${lineId} vanished while it was decided on`);
    return line;
  }

  async #knownIssuer(id: string): Promise<void> {
    const found = await this.backoffice.sql.selectFrom('issuer').select('id').where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw Problem.notFound('issuer');
  }
}

/** The same key by the same person is the same decision. */
function keyOf(actor: Actor, idempotencyKey: string | undefined): string {
  return `api/${actor.label}/${idempotencyKey ?? randomUUID()}`;
}

function withoutUndefined<Key extends string>(columns: Partial<Record<Key, string | undefined>>) {
  return Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)) as Partial<
    Record<Key, string>
  >;
}
