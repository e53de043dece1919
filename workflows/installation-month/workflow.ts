import { condition } from '@temporalio/workflow';

import { now, waitUntil } from '../clock.js';
import { Pages } from '../collection-page/pages.js';
import { CancelledByPerson, isRefused, type Refused } from '../refusal.js';
import { longMonth, mail, month as activities, type OpenedMonth } from './activities.js';
import type { CollectionCounts, MonthInput, MonthResult } from './messages.js';
import { MonthShell } from './shell.js';

const NOTHING_COLLECTED = { settled: 0, arrears: 0, cancelled: 0 };

/**
 * The month of one installation, as product/brief tells it: the period ends, late chargers are awaited, the period
 * closes, consumption is rated and checked, invoices are issued, money is collected, the manager gets the Excel.
 */
export async function installationMonth(input: MonthInput): Promise<MonthResult> {
  const shell = new MonthShell(input);
  try {
    const opened = await shell.step('awaiting-period-end', () => activities.openMonth(input));
    shell.opened(opened.cycleId);
    if (opened.finished) return resultOf(await activities.countCollections(opened.cycleId));
    if (!opened.invoiced) {
      await shell.step('awaiting-period-end', () => periodEnd(shell, opened));
      await shell.step('awaiting-readings', () => lateReadings(shell, opened.cycleId));
      await shell.step('closing', () => activities.closeMonth(opened.cycleId));
      await rateUntilAccepted(shell, opened.cycleId);
    }
    const pages = new Pages(input, opened.cycleId);
    const started = await shell.step('invoicing', async () => (await invoice(shell, opened.cycleId)) ?? pages.start());
    await shell.step('reporting', () => report(opened.cycleId));
    const collections = await shell.step('collecting', async (again) =>
      collect(shell, opened.cycleId, pages, again ? await pages.start() : started),
    );
    const result = resultOf(collections);
    await shell.finish(result.outcome);
    return result;
  } catch (error) {
    if (!(error instanceof CancelledByPerson)) throw error;
    await shell.finish('cancelled');
    return { outcome: 'cancelled', collections: NOTHING_COLLECTED };
  }
}

async function periodEnd(shell: MonthShell, { endsAt }: OpenedMonth): Promise<void> {
  if (Date.parse(endsAt) <= Date.now()) return;
  shell.state.waitFor('period-end', endsAt);
  await shell.record();
  await waitUntil(endsAt, () => shell.state.cancelled);
}

/** Until no charger owes readings, policy's limit is reached, or a person waives them. */
async function lateReadings(shell: MonthShell, cycleId: string): Promise<void> {
  const { state } = shell;
  const since = now();
  const hurried = () => state.readingsWaived || state.cancelled;
  while (!hurried()) {
    const look = await activities.lookForReadings(cycleId, since);
    if (look.owing.length === 0 || look.lookAgainAt === null) return;
    state.waitForReadings(look.owing, look.lookAgainAt);
    await shell.record();
    await waitUntil(look.lookAgainAt, hurried);
  }
}

/** Rates and checks; anomalies hold the month until a person approves, or has mended something and asks to rate again. */
async function rateUntilAccepted(shell: MonthShell, cycleId: string): Promise<void> {
  const { state } = shell;
  for (;;) {
    await shell.step('rating', () => longMonth.rateMonth(cycleId));
    const { codes } = await shell.step('checking', () => longMonth.checkMonth(cycleId));
    if (codes.length === 0) return;
    await shell.step('awaiting-approval', async () => {
      state.waitFor(`approval:${codes.join(',')}`);
      await shell.record();
      await condition(() => state.approvedBy !== null || state.retryAsked || state.cancelled);
      if (state.approvedBy !== null) await activities.acceptAnomalies(cycleId, state.approvedBy);
    });
    if (state.approvedBy !== null || state.cancelled) return;
  }
}

/** Issues every invoice, then prints them. What one customer's invoice is refused for parks the month after the others. */
async function invoice(shell: MonthShell, cycleId: string): Promise<Refused | null> {
  const refused = await shell.batches((after) => longMonth.issueInvoices(cycleId, after));
  return refused ?? shell.batches((after) => longMonth.storeInvoicePdfs(cycleId, after));
}

/** A manager's mail box that refuses does not stop the month: the refusal stands at the mail, where staff see it. */
async function report(cycleId: string): Promise<void> {
  const { mailId } = await longMonth.buildManagerReport(cycleId);
  if (mailId !== null) await mail.sendMail(mailId);
}

/** Done when every collection has settled, was handed to arrears or was cancelled; what was lost is started again. */
async function collect(
  shell: MonthShell,
  cycleId: string,
  pages: Pages,
  started: number,
): Promise<CollectionCounts | Refused> {
  shell.state.beginCollecting(started);
  await shell.record();
  const ended = await pages.end();
  if (!isRefused(ended)) await longMonth.storeFinalReport(cycleId);
  return ended;
}

function resultOf({ settled, arrears, cancelled }: CollectionCounts): MonthResult {
  const collections = { settled, arrears, cancelled };
  if (settled + arrears + cancelled === 0) return { outcome: 'nothing-due', collections };
  return { outcome: arrears > 0 ? 'arrears' : 'settled', collections };
}
