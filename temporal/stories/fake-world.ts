import { Context, getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import type { Activities, StripeActivities } from '#workflows/activities.js';
import type { CaseLook, OpenedCase, StageEntry, StagePlan, SuspensionDecision } from '#workflows/arrears/activities.js';
import type { ArrearsInput, ArrearsOutcome, ArrearsProgress } from '#workflows/arrears/messages.js';
import type { CollectionOutcome, CollectionProgress } from '#workflows/collection/messages.js';
import type { DebitLook } from '#workflows/debit/activities.js';
import type { Batch } from '#workflows/installation-month/activities.js';
import type { MonthInput, MonthOutcome, MonthProgress } from '#workflows/installation-month/messages.js';
import type { Refused } from '#workflows/refusal.js';

import { startArrearsOnce, startMonthOnce } from '../start-workflows.js';
import { FakeCommands } from './fake-commands.js';
import { FakeTopUps } from './fake-top-ups.js';

const DAY_MS = 86_400_000;

/** How a fake customer pays. `after` is in days of the story's time. */
export type Pays =
  | { readonly method: 'direct-debit'; readonly debit: FakeDebit; readonly retry?: FakeDebit }
  | { readonly method: 'direct-debit'; readonly mandate: false }
  | { readonly method: 'prepaid'; readonly balanceCents: number }
  | { readonly method: 'transfer' };
export type FakeDebit =
  | { readonly succeedsAfter: number }
  | { readonly failsAfter: number; readonly code: string }
  | { readonly staysProcessing: true };

export interface FakeCustomer {
  readonly id: string;
  readonly cents: number;
  readonly pays: Pays;
}

/** The provider debits no less. */
const SMALLEST_DEBIT_CENTS = 50;

interface FakeDocument {
  readonly id: string;
  readonly cycleId: string;
  readonly customer: FakeCustomer;
  dueCents: number;
  readonly dueAt: number;
  collection: { outcome: CollectionOutcome | null; reason: string | null; steps: string[] };
  attempts: { readonly id: string; readonly no: number; readonly startedAt: number; posted: boolean }[];
  arrears: {
    openedAt: number;
    cause: string;
    entered: StagePlan['stage'][];
    outcome: ArrearsOutcome | null;
    shown: ArrearsProgress | null;
    decision: SuspensionDecision | null;
    ending: CaseLook['ending'];
    complaintOpen: boolean;
    /** Until when a payment plan's next instalment may be paid. */
    planUntil: number | null;
    proved: boolean;
    warned: boolean;
    resumed: boolean;
  } | null;
}

interface FakeCycle extends MonthInput {
  closed: number;
  shown: (MonthProgress & { outcome: MonthOutcome | null }) | null;
  readonly steps: string[];
}

const NEW_CASE = {
  outcome: null,
  shown: null,
  decision: null,
  ending: null,
  complaintOpen: false,
  planUntil: null,
  proved: false,
  warned: false,
  resumed: false,
} as const;

function standstillOf(
  { complaintOpen, planUntil }: NonNullable<FakeDocument['arrears']>,
  iso: (at: number) => string,
): { readonly because: string; readonly until: string | null } | null {
  if (complaintOpen) return { because: 'complaint', until: null };
  return planUntil === null ? null : { because: 'plan', until: iso(planUntil) };
}

/** ISO of the end of a period; the stories live in UTC. */
export function periodEnd(period: string): string {
  const [year, month] = period.split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, month ?? 0, 1)).toISOString();
}

/**
 * Everything the workflows need from outside, in memory and in the story's own (skipped) time: the time at which the
 * server scheduled the attempt. What may be decided twice is decided once, by key, as the database does it.
 */
export class FakeWorld {
  customers: FakeCustomer[] = [];
  /** charger → ISO of when its readings arrive */
  readonly lateChargers = new Map<string, string>();
  lateLimitDays = 5;
  tariffMissing: { band: string; date: string } | null = null;
  anomalies: string[] = [];
  refuseInvoiceOf: string | null = null;
  readonly accepted: string[] = [];
  preNotificationDays = 14;
  processingLimitDays = 20;
  /** Days between opening a case and its stages. */
  readonly stageDays = {
    notice: 1,
    reminder: 2,
    retry: 5,
    'formal-notice': 20,
    'suspension-proposed': 40,
    suspended: 42,
  };
  /** Days between opening a case and the warning that its claim lapses. */
  lapseWarningDays = 120;
  refuseDecision = false;
  /** activity → how often it still dies before it works (the worker was killed, the database was away) */
  readonly dies = new Map<string, number>();
  /** activity → code: it fails for good until the entry is removed */
  readonly broken = new Map<string, string>();

  readonly topUps = new FakeTopUps(() => this.#now());
  readonly commands = new FakeCommands();
  readonly cycles = new Map<string, FakeCycle>();
  readonly documents = new Map<string, FakeDocument>();
  /** key → how often it was sent */
  readonly mails = new Map<string, number>();
  /** Cycles whose final Excel is kept. */
  readonly finalReports = new Set<string>();
  readonly calls: string[] = [];

  /** An activity's calls that reached its end. */
  count(activity: string): number {
    return this.calls.filter((name) => name === activity).length;
  }

  documentOf(customerId: string, period: string): FakeDocument {
    return this.#document(`doc-${period}-${customerId}`);
  }

  pay(documentId: string, cents: number): void {
    this.#document(documentId).dueCents -= cents;
  }

  /** What people and the books do to a case, before its workflow is told. */
  caseOf(documentId: string): NonNullable<FakeDocument['arrears']> {
    const { arrears } = this.#document(documentId);
    if (arrears === null) throw new Error(`no case of ${documentId}`);
    return arrears;
  }

  /** The provider takes the money back: the ledger is reversed. */
  dispute(documentId: string): void {
    const document = this.#document(documentId);
    document.dueCents = document.customer.cents;
  }

  activities(): Activities & StripeActivities {
    const money = { ...this.#collections(), ...this.#arrears(), ...this.#stripe() };
    return this.#mortal({ ...this.#month(), ...money, ...this.topUps.activities(), ...this.commands.activities() });
  }

  #month() {
    return {
      openMonth: async (input: MonthInput) => {
        const cycleId = `cycle-${input.period}`;
        const cycle = this.cycles.get(cycleId) ?? { ...input, closed: 0, shown: null, steps: [] };
        this.cycles.set(cycleId, cycle);
        const finished = cycle.shown?.outcome !== undefined && cycle.shown.outcome !== null;
        return {
          cycleId,
          endsAt: periodEnd(input.period),
          invoiced: this.#documentsOf(cycleId).length > 0,
          finished: finished && cycle.shown?.outcome !== 'cancelled',
        };
      },
      lookForReadings: async (cycleId: string, since: string) => {
        const at = this.#now();
        const waits = Math.max(Date.parse(periodEnd(this.#cycle(cycleId).period)), Date.parse(since));
        const limit = waits + this.lateLimitDays * DAY_MS;
        const owing = [...this.lateChargers].filter(([, until]) => Date.parse(until) > at).map(([charger]) => charger);
        return {
          owing,
          lookAgainAt: at >= limit ? null : new Date(Math.min(at + DAY_MS / 4, limit)).toISOString(),
        };
      },
      closeMonth: async (cycleId: string) => {
        this.#cycle(cycleId).closed += 1;
      },
      rateMonth: async (): Promise<{ lines: number; totalWh: number } | Refused> => {
        if (this.tariffMissing === null) return { lines: this.customers.length, totalWh: 1000 };
        const { band, date } = this.tariffMissing;
        return { refused: { code: 'TARIFF.NOT_FOUND', detail: `${band}:${date}` } };
      },
      checkMonth: async () => ({ codes: this.anomalies, count: this.anomalies.length }),
      acceptAnomalies: async (_cycleId: string, by: string) => {
        this.accepted.push(by);
        this.anomalies = [];
      },
      listOpenCollections: async (cycleId: string, after: string | null, limit: number) =>
        this.#documentsOf(cycleId)
          .filter(({ id, collection }) => collection.outcome === null && (after === null || id > after))
          .map(({ id }) => id)
          .sort()
          .slice(0, limit),
      countCollections: async (cycleId: string) => {
        const outcomes = this.#documentsOf(cycleId).map(({ collection }) => collection.outcome);
        const count = (wanted: CollectionOutcome | null) => outcomes.filter((outcome) => outcome === wanted).length;
        return {
          settled: count('settled'),
          arrears: count('arrears'),
          cancelled: count('cancelled'),
          open: count(null),
        };
      },
      issueInvoices: async (cycleId: string, after: string | null) => this.#issue(cycleId, after),
      storeInvoicePdfs: async (cycleId: string): Promise<Batch> => {
        const total = this.#documentsOf(cycleId).length;
        return { next: null, done: total, total, refused: [] };
      },
      buildManagerReport: async (cycleId: string) => ({ mailId: `manager-report/${cycleId}` }),
      storeFinalReport: async (cycleId: string) => void this.finalReports.add(cycleId),
      sendMail: async (mailId: string): Promise<{ sent: true } | Refused> => {
        if (!this.mails.has(mailId)) this.mails.set(mailId, 0);
        this.mails.set(mailId, (this.mails.get(mailId) ?? 0) + 1);
        return { sent: true };
      },
      recordMonth: async (cycleId: string, progress: MonthProgress & { outcome: MonthOutcome | null }) => {
        const cycle = this.#cycle(cycleId);
        cycle.shown = progress;
        if (cycle.steps.at(-1) !== progress.step) cycle.steps.push(progress.step);
      },
      startMonth: (input: MonthInput) => startMonthOnce(getClient(), input),
      previousPeriod: async (_installationId: string, at: string) =>
        new Date(Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() - 1, 1)).toISOString().slice(0, 7),
    };
  }

  #collections() {
    return {
      collectionOutcomes: async (documentIds: readonly string[]) =>
        documentIds.flatMap((documentId) => {
          const { outcome } = this.#document(documentId).collection;
          return outcome === null ? [] : [{ documentId, outcome }];
        }),
      collectionFacts: async (documentId: string) => {
        const { customer, dueCents, dueAt, cycleId } = this.#document(documentId);
        const { pays } = customer;
        return {
          installationId: this.#cycle(cycleId).installationId,
          period: this.#cycle(cycleId).period,
          method: pays.method,
          dueCents,
          dueAt: new Date(dueAt).toISOString(),
          hasMandate: pays.method === 'direct-debit' && 'debit' in pays,
        };
      },
      startArrears: (input: ArrearsInput) => startArrearsOnce(getClient(), input),
      queueInvoiceMail: async (documentId: string) => ({ mailId: `prenotification/${documentId}` }),
      deductPrepaid: async (documentId: string) => {
        const document = this.#document(documentId);
        const { pays, cents } = document.customer;
        const balance = pays.method === 'prepaid' ? pays.balanceCents : 0;
        document.dueCents = Math.max(0, cents - balance);
        return { deductedCents: cents - document.dueCents, stillDueCents: document.dueCents };
      },
      recordCollection: async (
        documentId: string,
        { step, outcome, reason }: CollectionProgress & { outcome: CollectionOutcome | null; reason: string | null },
      ) => {
        const { collection } = this.#document(documentId);
        if (collection.steps.at(-1) !== step) collection.steps.push(step);
        collection.outcome = outcome;
        collection.reason = reason;
      },
    };
  }

  #arrears() {
    return {
      openArrears: async ({ documentId, cause }: ArrearsInput) => {
        const document = this.#document(documentId);
        document.arrears ??= { ...NEW_CASE, openedAt: this.#now(), cause, entered: [] };
        const { installationId } = this.#cycle(document.cycleId);
        const stage: OpenedCase['stage'] = document.arrears.entered.at(-1) ?? 'opened';
        return { installationId, settled: document.dueCents <= 0, stage, ...this.#look(document) };
      },
      enterArrearsStage: async (documentId: string, stage: StagePlan['stage']): Promise<StageEntry> => {
        const document = this.#document(documentId);
        const processing = document.attempts.filter(
          (attempt) => this.#lookAtAttempt(document, attempt).state === 'processing',
        );
        if (processing.length > 0) {
          const next = { stage, at: new Date(this.#now() + 2 * DAY_MS).toISOString() };
          return {
            ...this.#look(document),
            entered: false,
            mailId: null,
            next,
            processing: processing.map(({ id }) => id),
          };
        }
        if (document.dueCents <= 0) return { entered: false, mailId: null, next: null, processing: [] };
        const look = this.#look(document);
        if (look.standstill) return { ...look, entered: false, mailId: null, processing: [] };
        if (document.arrears?.entered.includes(stage) === false) document.arrears.entered.push(stage);
        const mailId = stage === 'retry' || stage === 'suspension-proposed' ? null : `arrears/${documentId}/${stage}`;
        return { ...this.#look(document), entered: true, mailId, processing: [] };
      },
      lookAtArrears: async (documentId: string): Promise<CaseLook> => {
        const document = this.#document(documentId);
        const { arrears } = document;
        const isBroken = arrears !== null && arrears.planUntil !== null && arrears.planUntil <= this.#now();
        if (isBroken) arrears.planUntil = null;
        return this.#look(document);
      },
      proveArrearsLetter: async (documentId: string): Promise<CaseLook> => {
        this.caseOf(documentId).proved = true;
        return this.#look(this.#document(documentId));
      },
      decideSuspension: async (documentId: string, decision: SuspensionDecision): Promise<CaseLook | Refused> => {
        if (this.refuseDecision) return { refused: { code: 'SUSPENSION.NOT_PROPOSED' } };
        this.caseOf(documentId).decision = decision;
        return this.#look(this.#document(documentId));
      },
      warnOfLapse: async (documentId: string) => {
        this.caseOf(documentId).warned = true;
        return { ...this.#look(this.#document(documentId)), mailId: `arrears/${documentId}/lapse` };
      },
      resumeCharging: async (documentId: string) => {
        this.caseOf(documentId).resumed = true;
        return { mailId: `arrears/${documentId}/resumed` };
      },
      nextAttemptNo: async (documentId: string) => this.#document(documentId).attempts.length + 1,
      arrearsDueCents: async (documentId: string) => this.#document(documentId).dueCents,
      recordArrears: async (documentId: string, progress: ArrearsProgress & { outcome: ArrearsOutcome | null }) => {
        const { arrears } = this.#document(documentId);
        if (arrears === null) throw new Error(`no case of ${documentId}`);
        arrears.shown = progress;
        arrears.outcome = progress.outcome;
      },
    };
  }

  #stripe() {
    return {
      startDebit: async (documentId: string, attemptNo: number): Promise<DebitLook | Refused> => {
        const document = this.#document(documentId);
        const { pays } = document.customer;
        if (pays.method !== 'direct-debit' || !('debit' in pays)) return { refused: { code: 'MANDATE.NOT_FOUND' } };
        if (document.dueCents < SMALLEST_DEBIT_CENTS) return { refused: { code: 'DEBIT.AMOUNT_TOO_SMALL' } };
        const known = document.attempts.find(({ no }) => no === attemptNo);
        const open = document.attempts.find((attempt) => this.#lookAtAttempt(document, attempt).state === 'processing');
        if (known === undefined && open !== undefined) return { refused: { code: 'DEBIT.PROCESSING' } };
        const attempt = known ?? {
          id: `pi-${documentId}-${attemptNo}`,
          no: attemptNo,
          startedAt: this.#now(),
          posted: false,
        };
        if (known === undefined) document.attempts.push(attempt);
        return this.#lookAtAttempt(document, attempt);
      },
      lookAtDebit: async (documentId: string, providerPaymentId: string): Promise<DebitLook> => {
        const document = this.#document(documentId);
        const attempt = document.attempts.find(({ id }) => id === providerPaymentId);
        if (attempt === undefined) throw new Error(`no payment ${providerPaymentId}`);
        return this.#lookAtAttempt(document, attempt);
      },
    };
  }

  /** What the provider says at this moment of the story; a success is posted once. */
  #lookAtAttempt(document: FakeDocument, attempt: FakeDocument['attempts'][number]): DebitLook {
    const { pays } = document.customer;
    if (pays.method !== 'direct-debit' || !('debit' in pays)) throw new Error('no debit');
    const plan = attempt.no === 1 ? pays.debit : (pays.retry ?? pays.debit);
    const at = this.#now();
    const days = (at - attempt.startedAt) / DAY_MS;
    const base = { providerPaymentId: attempt.id, failureCode: null };
    if ('succeedsAfter' in plan && days >= plan.succeedsAfter) {
      if (!attempt.posted) document.dueCents = 0;
      attempt.posted = true;
      return { ...base, state: 'succeeded', lookAgainAt: null };
    }
    if ('failsAfter' in plan && days >= plan.failsAfter) {
      return { ...base, state: 'failed', failureCode: plan.code, lookAgainAt: null };
    }
    const limit = attempt.startedAt + this.processingLimitDays * DAY_MS;
    const lookAgainAt = at >= limit ? null : new Date(Math.min(at + 2 * DAY_MS, limit)).toISOString();
    return { ...base, state: 'processing', lookAgainAt };
  }

  #look(document: FakeDocument): CaseLook {
    const { arrears } = document;
    if (arrears === null) return { next: null };
    const { entered, decision } = arrears;
    const order = [
      'notice',
      'reminder',
      'retry',
      'formal-notice',
      'suspension-proposed',
      ...(decision?.approved === true ? (['suspended'] as const) : []),
    ] as const;
    const stage = order.find((one) => !entered.includes(one) && (one !== 'retry' || arrears.cause === 'AM04'));
    const isProved = stage !== 'suspension-proposed' || arrears.proved;
    const iso = (at: number) => new Date(at).toISOString();
    const at = (days: number) => iso(arrears.openedAt + days * DAY_MS);
    return {
      next: stage === undefined || !isProved ? null : { stage, at: at(this.stageDays[stage]) },
      standstill: standstillOf(arrears, iso),
      warnAt: arrears.warned ? null : at(this.lapseWarningDays),
      needs: entered.includes('suspension-proposed') && decision === null ? 'suspension' : null,
      ending: arrears.ending ?? null,
    };
  }

  /** Two customers a batch, so that a story sees more than one. */
  #issue(cycleId: string, after: string | null): Batch {
    const rest = this.customers.filter(({ id }) => after === null || id > after);
    const batch = rest.slice(0, 2);
    const refused = batch.filter(({ id }) => id === this.refuseInvoiceOf);
    for (const customer of batch) {
      const id = `doc-${this.#cycle(cycleId).period}-${customer.id}`;
      if (this.documents.has(id) || refused.includes(customer)) continue;
      this.documents.set(id, {
        id,
        cycleId,
        customer,
        dueCents: customer.cents,
        dueAt: this.#now() + this.preNotificationDays * DAY_MS,
        collection: { outcome: null, reason: null, steps: [] },
        attempts: [],
        arrears: null,
      });
    }
    return {
      next: rest.length > batch.length ? (batch.at(-1)?.id ?? null) : null,
      done: this.customers.length - rest.length + batch.length,
      total: this.customers.length,
      refused: refused.map(({ id }) => ({ subject: id, code: 'CUSTOMER.NIF_INVALID' })),
    };
  }

  #documentsOf(cycleId: string): FakeDocument[] {
    return [...this.documents.values()].filter((document) => document.cycleId === cycleId);
  }

  #cycle(cycleId: string): FakeCycle {
    const cycle = this.cycles.get(cycleId);
    if (cycle === undefined) throw new Error(`no cycle ${cycleId}`);
    return cycle;
  }

  #document(documentId: string): FakeDocument {
    const document = this.documents.get(documentId);
    if (document === undefined) throw new Error(`no document ${documentId}`);
    return document;
  }

  #now(): number {
    return Context.current().info.currentAttemptScheduledTimestampMs;
  }

  /** Each activity may die after it did its work but before the server heard of it: the worst moment for a kill -9. */
  #mortal<T extends object>(activities: T): T {
    const wrapped = Object.entries(activities).map(
      ([name, run]: [string, (...args: unknown[]) => Promise<unknown>]) => {
        const mortal = async (...args: unknown[]) => {
          const code = this.broken.get(name);
          if (code !== undefined) throw ApplicationFailure.nonRetryable(`${name} cannot work`, code);
          const result = await run(...args);
          const deaths = this.dies.get(name) ?? 0;
          if (deaths > 0) {
            this.dies.set(name, deaths - 1);
            throw new Error(`${name} was killed before it could answer`);
          }
          this.calls.push(name);
          return result;
        };
        return [name, mortal] as const;
      },
    );
    return Object.fromEntries(wrapped) as T;
  }
}
