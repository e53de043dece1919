import { calculateMonth } from '#libs/imputation/calculate-month.js';
import { billAnomalies } from '#libs/imputation/compare-bill.js';
import { enterRetailerInvoice } from '#libs/imputation/retailer-invoice.js';
import { creditAdjustment } from '#libs/invoicing/credit-adjustment.js';
import { decideProposals } from '#libs/invoicing/decide-adjustment.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import { formerMonthAnomalies, proposeForFormerMonths } from '#libs/invoicing/propose-adjustments.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import { disregardReading } from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';
import { checkCycle } from '#libs/rating/anomalies.js';
import { closeCycle, openCycle } from '#libs/rating/cycle.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet } from '#libs/registry/tabular/table.js';
import { builtInCalendar } from '#libs/tariff/calendar-files.js';
import { addCalendar } from '#libs/tariff/calendar-store.js';
import { importSeries } from '#libs/tariff/series-import.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';

import { INSTALLATION_ID, seedCustomer, seedInstallation, seedSpot, seedTransaction } from '../data/documents.js';

/** What is done with money and energy between a price list and a credit note, one thing after the other. */
export interface MoneyStep {
  readonly name: string;
  /** What happens before, of which this step is no test. */
  before?(sql: Sql): Promise<unknown>;
  run(sql: Sql): Promise<unknown>;
  /** Not: it keeps each of its parts as soon as it is done. */
  readonly isAllOrNothing: boolean;
}

const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');

export const SPOTS = [
  ['1001', '3012', 'zcs031903'],
  ['1002', '3049', 'zcs031974'],
  ['1003', '3050', 'zcs031975'],
] as const;

/** Three customers with a spot each; the third never charges, and gets more off than the power costs. */
export async function seedMoneyWorld(sql: Sql): Promise<void> {
  await seedInstallation(sql);
  for (const [customerId, name, chargerId] of SPOTS) {
    await seedCustomer(sql, { id: customerId });
    await seedSpot(sql, { name, chargerId, holders: [{ customerId }], unit: `${name} Esq.` });
  }
}

export const PLAN = 'aurora,Tri 2026,2026-01-01,pt-mainland-weekly,3';
export const PRICES = `installation,plan,planFrom,calendar,bands,row,band,perKWh,party,code,label,unit,amount,shareBy,vatCode,from
${PLAN},,ponta,"0,25",,,,,,,,2026-01-01
${PLAN},,cheias,"0,20",,,,,,,,2026-01-01
${PLAN},,vazio,"0,10",,,,,,,,2026-01-01
${PLAN},charge,,,retailer,contracted-power,Potência,per-day,"0,3",spot,NOR,2026-01-01
${PLAN},charge,,,retailer,discount,Desconto,per-month,"-15",spot,NOR,2026-01-01
`;

export async function importPrices(sql: Sql, csv: string) {
  const options = {
    create: false,
    installationId: null,
    now: JULY,
    by: 'ines',
    hashPassword: async (text: string) => text,
  };
  const sheet = await readSheet('x.csv', Buffer.from(csv));
  return await importSheet(sql, pricePlanTable, sheet, { ...options, dryRun: false });
}

const OMIE = {
  seriesId: 'omie-pt',
  name: 'OMIE Portugal',
  kind: 'price',
  clockZone: 'Europe/Madrid',
  resolutionMinutes: 60,
  currency: 'EUR',
  unit: 'EUR/MWh',
  source: 'omie.es',
};

async function importOmie(sql: Sql) {
  const hours = Array.from({ length: 24 }, (_, hour) => `2026-06-01,${hour + 1},${hour}.5`);
  const sheet = await readSheet('x.csv', Buffer.from(['date,period,value', ...hours].join('\n')));
  return await importSeries(sql, OMIE, sheet, { dryRun: false });
}

export async function cycleOf(sql: Sql, period: string): Promise<string> {
  const found = await sql
    .selectFrom('billing_cycle')
    .select('id')
    .where('period', '=', period)
    .executeTakeFirstOrThrow();
  return found.id;
}

export async function closed(sql: Sql, period: string, now: Date): Promise<void> {
  const workflowId = `bill/${INSTALLATION_ID}/${period}`;
  const { cycleId } = await openCycle(sql, { installationId: INSTALLATION_ID, period, workflowId, now });
  await closeCycle(sql, { cycleId, now });
}

export async function calculate(sql: Sql, period: string, now: Date): Promise<void> {
  const done = await calculateMonth(sql, { cycleId: await cycleOf(sql, period), now });
  if ('refused' in done) throw new Error(JSON.stringify(done.refused));
}

async function check(sql: Sql, period: string, now: Date): Promise<void> {
  const cycleId = await cycleOf(sql, period);
  await proposeForFormerMonths(sql, { cycleId, now });
  const also = async (trx: Sql) => [
    ...(await billAnomalies(trx, cycleId)),
    ...(await formerMonthAnomalies(trx, cycleId)),
  ];
  await checkCycle(sql, { cycleId, also });
}

export async function issue(sql: Sql, period: string, customerId: string, now: Date): Promise<void> {
  const cycleId = await cycleOf(sql, period);
  await sql.transaction().execute(async (trx) => {
    const issued = await issueInvoice(trx, { cycleId, customerId, now, signer: TEST_SIGNER });
    if ('documentId' in issued) await postInvoiceIssued(trx, { documentId: issued.documentId });
  });
}

export const charge = (sql: Sql, chargerId: string, day: string, fromWh: number) =>
  seedTransaction(sql, {
    chargerId,
    readings: [
      [`${day}T13:00:00Z`, fromWh],
      [`${day}T13:15:00Z`, fromWh + 60_000],
      [`${day}T13:30:00Z`, fromWh + 100_000],
    ],
  });

export const ENTRY = {
  installationId: INSTALLATION_ID,
  period: '2026-06',
  number: 'FT 26/1',
  issueDate: '2026-07-02',
  periodFrom: '2026-06-01',
  periodTo: '2026-06-30',
  netCents: 5_000,
  vatCents: 1_150,
  totalCents: 6_150,
  lines: [
    { kind: 'energy', band: 'cheias', code: null, label: 'Energia', wh: 210_000, netCents: 4_100 },
    { kind: 'charge', band: null, code: 'contracted-power', label: 'Potência', wh: null, netCents: 900 },
  ],
} as const;

async function enterBill(sql: Sql): Promise<void> {
  const entered = await sql
    .transaction()
    .execute((trx) => enterRetailerInvoice(trx, { ...ENTRY, by: 'ines', now: JULY }));
  if ('refused' in entered) throw new Error(JSON.stringify(entered.refused));
}

/** The last reading of the second customer's session: without it 40 kWh are none of June. */
async function disregardLast(sql: Sql): Promise<void> {
  const { id: readingId } = await sql
    .selectFrom('meter_reading')
    .select('id')
    .where('charger_id', '=', 'zcs031974')
    .where('import_wh', '=', 100_000)
    .executeTakeFirstOrThrow();
  const order = { readingId, reason: 'o contador falhou', by: 'ines' };
  await sql.transaction().execute((trx) => disregardReading(trx, order));
}

async function credit(sql: Sql): Promise<void> {
  const { id: adjustmentId } = await sql
    .selectFrom('adjustment')
    .select('id')
    .where('customer_id', '=', '1002')
    .executeTakeFirstOrThrow();
  await sql.transaction().execute(async (trx) => {
    const note = await creditAdjustment(trx, {
      adjustmentId,
      reason: 'leitura errada',
      now: AUGUST,
      signer: TEST_SIGNER,
    });
    if ('refused' in note) throw new Error(JSON.stringify(note.refused));
    await postInvoiceIssued(trx, { documentId: note.documentId });
  });
}

async function acceptAll(sql: Sql): Promise<void> {
  const cycleId = await cycleOf(sql, '2026-06');
  await decideProposals(sql, { cycleId, decision: 'accept', by: 'ines', now: AUGUST });
}

const OWN_CALENDAR = { ...builtInCalendar('pt-mainland-daily'), id: 'pt-own' };
const isAllOrNothing = true;

export const MONEY_STEPS: readonly MoneyStep[] = [
  { name: 'a price list is imported', run: (sql) => importPrices(sql, PRICES), isAllOrNothing },
  { name: 'a price series is imported', run: importOmie, isAllOrNothing },
  { name: 'a calendar is added', run: (sql) => addCalendar(sql, OWN_CALENDAR, 'ines'), isAllOrNothing },
  {
    name: 'a month is sealed, rated and imputed',
    async before(sql) {
      await charge(sql, 'zcs031903', '2026-06-15', 0);
      await charge(sql, 'zcs031974', '2026-06-16', 0);
      await closed(sql, '2026-06', JULY);
    },
    run: (sql) => calculate(sql, '2026-06', JULY),
    isAllOrNothing,
  },
  { name: 'the retailer’s invoice is entered', run: enterBill, isAllOrNothing },
  { name: 'an invoice is issued and posted', run: (sql) => issue(sql, '2026-06', '1001', JULY), isAllOrNothing },
  { name: 'another is', run: (sql) => issue(sql, '2026-06', '1002', JULY), isAllOrNothing },
  { name: 'a month that is no invoice is carried', run: (sql) => issue(sql, '2026-06', '1003', JULY), isAllOrNothing },
  { name: 'a reading is disregarded', run: disregardLast, isAllOrNothing },
  {
    name: 'former months are looked at and the month is checked',
    async before(sql) {
      await charge(sql, 'zcs031903', '2026-06-22', 100_000);
      await charge(sql, 'zcs031903', '2026-07-15', 200_000);
      await closed(sql, '2026-07', AUGUST);
      await calculate(sql, '2026-07', AUGUST);
    },
    run: (sql) => check(sql, '2026-07', AUGUST),
    isAllOrNothing: false,
  },
  { name: 'proposals are accepted', run: acceptAll, isAllOrNothing },
  { name: 'an adjustment is given back by a credit note', run: credit, isAllOrNothing },
  {
    name: 'an invoice with accepted adjustments is issued',
    run: (sql) => issue(sql, '2026-07', '1001', AUGUST),
    isAllOrNothing,
  },
  {
    name: 'what was carried is not due in the next month either',
    run: (sql) => issue(sql, '2026-07', '1003', AUGUST),
    isAllOrNothing,
  },
];
