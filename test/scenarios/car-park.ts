import { calculateMonth } from '#libs/imputation/calculate-month.js';
import { customersToInvoice } from '#libs/invoicing/customers-to-invoice.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import { proposeForFormerMonths } from '#libs/invoicing/propose-adjustments.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import { closeCycle, openCycle } from '#libs/rating/cycle.js';
import type { CycleTotals } from '#libs/rating/rate-cycle.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import {
  INSTALLATION_ID,
  seedCustomer,
  seedInstallation,
  seedSpot,
  seedTransaction,
  type ReadingSeed,
} from '../data/documents.js';

export interface BilledMonth {
  readonly cycleId: string;
  readonly totals: CycleTotals;
  /** Gross cents by customer. */
  readonly invoices: ReadonlyMap<string, { readonly documentId: string; readonly grossCents: number }>;
}

/** One car park on a database of its own, for stories in time: people hold spots, cars charge, months are billed. */
export class CarPark {
  private constructor(readonly database: TestDatabase) {}

  /** `prices`: of a Portuguese contract with three bands; none: the story brings its own plan. */
  static async open(prices: readonly (readonly [band: string, micros: number, from: string, to: string | null])[]) {
    const park = new CarPark(await createTestDatabase());
    const { sql } = park.database;
    await seedInstallation(sql);
    if (prices.length > 0) await park.#plan(prices);
    return park;
  }

  async #plan(prices: Parameters<typeof CarPark.open>[0]): Promise<void> {
    const { sql } = this.database;
    const plan = await sql
      .insertInto('price_plan')
      .values({
        installation_id: INSTALLATION_ID,
        name: 'Tri-horário semanal',
        calendar_id: 'pt-mainland-weekly',
        bands: 3,
        valid_from: '2020-01-01',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql
      .insertInto('band_price')
      .values(
        prices.map(([band, micros, from, to]) => ({
          plan_id: plan.id,
          band,
          micros_per_kwh: micros,
          valid_from: from,
          valid_to: to,
        })),
      )
      .execute();
  }

  async customer(id: string): Promise<void> {
    await seedCustomer(this.database.sql, { id });
  }

  async spot(name: string, chargerId: string, holders: Parameters<typeof seedSpot>[1]['holders'] = []): Promise<void> {
    await seedSpot(this.database.sql, { name, chargerId, holders });
  }

  /** `idTag`: the card that the session was started with. */
  async charge(chargerId: string, readings: readonly ReadingSeed[], idTag?: string): Promise<void> {
    await seedTransaction(this.database.sql, { chargerId, readings, ...(idTag === undefined ? {} : { idTag }) });
  }

  /** Closes, rates, checks and invoices a month as its workflow does, in the order of its steps. */
  async bill(period: string, now: Date): Promise<BilledMonth> {
    const { cycleId, totals } = await this.rate(period, now);
    return { cycleId, totals, invoices: await this.invoice(cycleId, now) };
  }

  /** The month up to its check, in which differences of former months are found. */
  async rate(period: string, now: Date): Promise<{ cycleId: string; totals: CycleTotals }> {
    const { sql } = this.database;
    const workflowId = `bill/${INSTALLATION_ID}/${period}`;
    const { cycleId } = await openCycle(sql, { installationId: INSTALLATION_ID, period, workflowId, now });
    await closeCycle(sql, { cycleId, now });
    const calculated = await calculateMonth(sql, { cycleId, now });
    if ('refused' in calculated) throw new Error(`refused: ${JSON.stringify(calculated.refused)}`);
    await proposeForFormerMonths(sql, { cycleId, now });
    return { cycleId, totals: calculated.ok };
  }

  /** The month from its approval on. */
  async invoice(cycleId: string, now: Date): Promise<BilledMonth['invoices']> {
    const { sql } = this.database;
    const invoices = new Map<string, { documentId: string; grossCents: number }>();
    for (const customerId of await customersToInvoice(sql, { cycleId })) {
      await sql.transaction().execute(async (trx) => {
        const issued = await issueInvoice(trx, { cycleId, customerId, now, signer: TEST_SIGNER });
        if ('refused' in issued) return;
        await postInvoiceIssued(trx, { documentId: issued.documentId });
        invoices.set(customerId, issued);
      });
    }
    return invoices;
  }

  /** What is proposed, accepted, dismissed or billed of former months, in the order it was found. */
  adjustments() {
    return this.database.sql
      .selectFrom('adjustment')
      .innerJoin('billing_cycle', 'billing_cycle.id', 'adjustment.cycle_id')
      .select(['adjustment.id', 'period', 'customer_id', 'net_cents', 'reasons', 'state', 'document_id'])
      .orderBy('adjustment.id')
      .execute();
  }

  lines(cycleId: string) {
    return this.database.sql
      .selectFrom('rated_line')
      .select(['customer_id', 'charger_id', 'season', 'day_type', 'band', 'interval', 'wh', 'micros_per_kwh', 'cents'])
      .where('cycle_id', '=', cycleId)
      .orderBy('position')
      .execute();
  }

  async booksBalance(): Promise<boolean> {
    return (await checkLedger(this.database.sql)).balanced;
  }

  close(): Promise<void> {
    return this.database.drop();
  }
}
