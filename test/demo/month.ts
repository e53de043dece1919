import type { Sql } from '#libs/persistence/database.js';

import { ApiProblem, type ApiClient } from './api-client.js';
import { GOLDEN_CHARGER_ID } from './world.js';

/** What the demo reads of GET /months/:cycleId. */
export interface MonthView {
  readonly cycleId: string;
  readonly period: string;
  readonly step: string;
  readonly waitsFor: string | null;
  readonly done: number;
  readonly total: number;
  readonly workflowId: string;
  readonly workflowUrl: string | null;
  readonly excelFileId: string | null;
  readonly outcome: string | null;
  readonly finishedAt: string | null;
  readonly anomalies: readonly {
    readonly code: string;
    readonly subject: string;
    readonly acceptedAt: string | null;
  }[];
  readonly invoices: { readonly issued: number; readonly settled: number; readonly arrears: number };
}

export interface InvoiceView {
  readonly number: string;
  readonly customer: string;
  readonly totalCents: number;
  readonly state: string;
  readonly documentId: string;
  readonly pdfFileId: string | null;
}

/** A printed line as `chazemo rate` prints it. */
export interface PrintedLine {
  readonly chargerId: string;
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly direction: string;
  readonly wh: number;
  readonly estimatedWh: number;
  readonly perKWh: string;
  readonly cents: number;
}

const POLL_MS = 200;
const START_LIMIT_MS = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts the month by hand, as staff do, and waits until it is on record. A month that runs already is followed instead. */
export async function startMonth(api: ApiClient, installationId: string, period: string): Promise<MonthView> {
  try {
    await api.post('/months', { installationId, period });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 409) throw error;
  }
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const { items } = await api.get<{ items: MonthView[] }>(`/months?installation=${installationId}&period=${period}`);
    const month = items[0];
    if (month !== undefined) return month;
    if (Date.now() > deadline) throw new Error(`month ${period} was started, and no worker took it up`);
    await pause(POLL_MS);
  }
}

export interface MonthStory {
  /** Told at every change of step or progress. */
  readonly onProgress?: (month: MonthView) => void;
  /** Told at every look, whether anything has changed or not. */
  readonly onLook?: (month: MonthView) => void;
  /** Told once, when the month waits for readings: the late charger comes back. */
  readonly onAwaitingReadings?: () => Promise<void>;
  /** Whether a member of staff looks at the anomalies and approves. */
  readonly approve?: boolean;
  readonly timeoutMs?: number;
  /** The step at which following ends; default: when the month is done. */
  readonly until?: (month: MonthView) => boolean;
}

/**
 * Follows a month as a member of staff would, through every answer and every outage of the API.
 * Rejects when it parks, is cancelled or takes longer than `timeoutMs` (3 minutes).
 */
export async function followMonth(api: ApiClient, cycleId: string, story: MonthStory): Promise<MonthView> {
  const deadline = Date.now() + (story.timeoutMs ?? 180_000);
  const until = story.until ?? ((month: MonthView) => month.finishedAt !== null);
  let told = '';
  let delivered = false;
  let approved = false;
  for (;;) {
    const month = await unlessAway(() => api.get<MonthView>(`/months/${cycleId}`));
    if (month !== null) {
      const now = `${month.step} ${month.done}/${month.total}`;
      if (now !== told) story.onProgress?.(month);
      told = now;
      story.onLook?.(month);
      if (month.step === 'awaiting-readings' && !delivered) {
        delivered = true;
        await story.onAwaitingReadings?.();
      }
      if (month.step === 'awaiting-approval' && story.approve === true && !approved) {
        approved = (await unlessAway(() => api.post(`/months/${cycleId}/approve`))) !== null;
      }
      if (until(month)) return month;
      if (month.step === 'parked' || month.step === 'cancelled') {
        throw new Error(`the month is ${month.step} and waits for ${month.waitsFor ?? 'nobody'}`);
      }
    }
    if (Date.now() > deadline) throw new Error(`the month did not get on: last seen at ${told}`);
    await pause(POLL_MS);
  }
}

/** Null while the API or what it needs is away (a kill -9, a restart); refusals go through. */
async function unlessAway<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) throw error;
    return null;
  }
}

/** All invoices of the month with their state, oldest number first. */
export async function invoicesOf(api: ApiClient, cycleId: string): Promise<InvoiceView[]> {
  const invoices: InvoiceView[] = [];
  let cursor: string | null = null;
  do {
    const page: {
      items: (Omit<InvoiceView, 'customer' | 'totalCents'> & { customerId: string; grossCents: number })[];
      nextCursor: string | null;
    } = await api.get(
      `/months/${cycleId}/invoices?limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { customerId, grossCents, number, state, documentId, pdfFileId } of page.items) {
      invoices.push({ number, customer: customerId, totalCents: grossCents, state, documentId, pdfFileId });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return invoices;
}

/** The invoices when no debit is under way: an arrears case may be trying one a second time just then. */
export async function restingInvoicesOf(api: ApiClient, cycleId: string): Promise<InvoiceView[]> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const invoices = await invoicesOf(api, cycleId);
    if (invoices.every(({ state }) => state !== 'processing') || Date.now() > deadline) return invoices;
    await pause(POLL_MS);
  }
}

/** The golden charger's lines of the rated month, in the order of `chazemo rate`. */
export async function goldenLines(sql: Sql, cycleId: string): Promise<PrintedLine[]> {
  const rows = await sql
    .selectFrom('rated_line')
    .selectAll()
    .where('cycle_id', '=', cycleId)
    .where('charger_id', '=', GOLDEN_CHARGER_ID)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    chargerId: row.charger_id,
    season: row.season,
    dayType: row.day_type,
    band: row.band,
    label: row.label,
    interval: row.interval,
    direction: row.direction,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    perKWh: (row.micros_per_kwh / 1_000_000).toFixed(6),
    cents: row.cents,
  }));
}
