import { sql as raw } from 'kysely';

import type { VatGroup } from '#libs/invoicing/document.entity.js';
import type { Sql } from '#libs/persistence/database.js';

import { addPayout } from './payout-world.js';
import { addTariff, type TariffNames } from './tariff-world.js';

/** One condominium's rows, named by a letter so that nothing of A is ever right for B. */
export interface Tenant extends TariffNames {
  readonly condominiumId: string;
  readonly installationId: string;
  readonly circuitId: string;
  readonly chargerId: string;
  readonly spotId: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly cycleId: string;
  readonly lineId: string;
  readonly adjustmentId: string;
  readonly payoutId: string;
  readonly documentId: string;
  readonly invoiceNumber: string;
  readonly pdfFileId: string;
  readonly excelFileId: string;
  readonly oddityId: number;
  readonly managerMailId: string;
  readonly residentMailId: string;
  readonly transactionId: number;
}

const JUNE = { from: '2026-06-01', to: '2026-06-30' } as const;
const STARTS_AT = new Date('2026-05-31T23:00:00Z');
const ENDS_AT = new Date('2026-06-30T23:00:00Z');
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

async function addPlace(sql: Sql, letter: string, currency: string) {
  const nif = '500000000';
  const address = { address: 'Rua das Flores 1', postal_code: '1000-001', city: 'Lisboa' };
  const condominiumId = `cond-${letter}`;
  const installationId = `park-${letter}`;
  const manager = { manager_name: `Gestor ${letter}`, manager_email: `gestor-${letter}@example.pt` };
  await sql
    .insertInto('condominium')
    .values({ id: condominiumId, name: `Condomínio ${letter}`, nif, ...address, ...manager })
    .execute();
  await sql
    .insertInto('issuer')
    .values({ id: `issuer-${letter}`, name: 'ChaZeMo', nif, ...address, email: 'x@example.pt' })
    .execute();
  await sql
    .insertInto('installation')
    .values({
      id: installationId,
      condominium_id: condominiumId,
      issuer_id: `issuer-${letter}`,
      name: `Parque ${letter}`,
      currency,
    })
    .execute();
  const circuit = await sql
    .insertInto('circuit')
    .values({ installation_id: installationId, name: 'Piso -3 / 1', max_current_a: 63 })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { condominiumId, installationId, circuitId: circuit.id };
}

async function addCharger(sql: Sql, letter: string, place: { installationId: string; circuitId: string }, now: Date) {
  const chargerId = `zcs-${letter}`;
  const { installationId } = place;
  await sql
    .insertInto('charger')
    .values({ id: chargerId, installation_id: installationId, label: `ZCS-${letter}`, online: true, last_seen_at: now })
    .execute();
  const spot = await sql
    .insertInto('spot')
    .values({ installation_id: installationId, circuit_id: place.circuitId, name: `30-${letter}` })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('charger_placement')
    .values({ charger_id: chargerId, spot_id: spot.id, from: LONG_AGO })
    .execute();
  const transaction = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      started_at: new Date('2026-06-10T20:00:00Z'),
      stopped_at: new Date('2026-06-10T23:00:00Z'),
      meter_start_wh: 1_000,
      meter_stop_wh: 11_000,
      start_key: `start-${letter}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('connector_state')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      status: 'Charging',
      power_w: 2400,
      offered_w: 4600,
      updated_at: now,
    })
    .execute();
  const oddity = await sql
    .insertInto('oddity')
    .values({
      installation_id: installationId,
      charger_id: chargerId,
      code: 'register-fell',
      detail: { fromWh: 5, toWh: 3 },
      at: now,
      key: `oddity-${letter}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { chargerId, spotId: spot.id, transactionId: transaction.id, oddityId: oddity.id };
}

async function addCustomer(sql: Sql, letter: string, place: { condominiumId: string; spotId: string }) {
  const customerId = `100-${letter}`;
  const customerName = `Residente ${letter}`;
  await sql
    .insertInto('customer')
    .values({
      id: customerId,
      condominium_id: place.condominiumId,
      name: customerName,
      email: `residente-${letter}@example.pt`,
    })
    .execute();
  await sql
    .insertInto('occupancy')
    .values({ spot_id: place.spotId, customer_id: customerId, kind: 'owner', from: LONG_AGO })
    .execute();
  await sql
    .insertInto('mandate')
    .values({ customer_id: customerId, stripe_setup_intent_id: `seti_${letter}`, status: 'active', acceptance: {} })
    .execute();
  return { customerId, customerName };
}

async function addMonth(sql: Sql, tenant: Pick<Tenant, 'installationId' | 'customerId' | 'chargerId' | 'spotId'>) {
  const { installationId, customerId, chargerId, spotId } = tenant;
  const cycle = await sql
    .insertInto('billing_cycle')
    .values({
      installation_id: installationId,
      period: '2026-06',
      starts_at: STARTS_AT,
      ends_at: ENDS_AT,
      workflow_id: `bill/${installationId}/2026-06`,
      step: 'collecting',
      step_since: ENDS_AT,
      done: 0,
      total: 1,
      total_wh: 10_000,
      total_cents: 200,
      rated_up_to_reading_id: 0,
      readings_seal: '0'.repeat(64),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const band = { season: 'Verão', day_type: 'Semana', band: 'cheias', label: 'Cheia 1', interval: '07.00-09.15' };
  const line = await sql
    .insertInto('rated_line')
    .values({
      cycle_id: cycle.id,
      customer_id: customerId,
      spot_id: spotId,
      charger_id: chargerId,
      position: 1,
      ...band,
      direction: 'import',
      wh: 10_000,
      estimated_wh: 0,
      micros_per_kwh: 200_000,
      cents: 200,
      calendar_id: 'pt-mainland-weekly',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const anomaly = { cycle_id: cycle.id, code: 'spike', subject: customerId, detail: { percent: 400 } };
  await sql.insertInto('anomaly').values(anomaly).execute();
  return { cycleId: cycle.id, lineId: line.id };
}

async function addInvoice(
  sql: Sql,
  letter: string,
  tenant: Pick<Tenant, 'installationId' | 'customerId' | 'customerName' | 'cycleId'> & { currency: string },
) {
  const { installationId, currency, customerId, customerName, cycleId } = tenant;
  const series = await sql
    .insertInto('document_series')
    .values({ issuer_id: `issuer-${letter}`, type: 'FT', code: `${letter}2026`, last_number: 1 })
    .returning('id')
    .executeTakeFirstOrThrow();
  const invoiceNumber = `FT ${letter}2026/1`;
  const party = {
    id: customerId,
    name: customerName,
    nif: null,
    address: null,
    postalCode: null,
    city: null,
  };
  const document = await sql
    .insertInto('fiscal_document')
    .values({
      series_id: series.id,
      number: 1,
      number_text: invoiceNumber,
      type: 'FT',
      installation_id: installationId,
      customer_id: customerId,
      cycle_id: cycleId,
      issued_at: ENDS_AT,
      issue_date: '2026-07-01',
      due_date: '2026-07-15',
      due_at: new Date('2026-07-14T23:00:00Z'),
      period_from: JUNE.from,
      period_to: JUNE.to,
      currency,
      net_cents: 200,
      vat_cents: 46,
      gross_cents: 246,
      vat_groups: raw<
        VatGroup[]
      >`${JSON.stringify([{ ratePermyriad: 2300, code: 'NOR', netCents: 200, vatCents: 46 }])}::jsonb`,
      issuer_snapshot: {
        ...party,
        id: `issuer-${letter}`,
        email: 'x@example.pt',
        iban: null,
        softwareCertificate: null,
      },
      customer_snapshot: party,
      payment_method: 'transfer',
      key: `invoice/${cycleId}/${customerId}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('collection')
    .values({
      document_id: document.id,
      installation_id: installationId,
      customer_id: customerId,
      cycle_id: cycleId,
      method: 'transfer',
      step: 'awaiting-due-date',
      step_since: ENDS_AT,
      workflow_id: `collection/${document.id}`,
    })
    .execute();
  await sql
    .insertInto('arrears_case')
    .values({
      document_id: document.id,
      installation_id: installationId,
      customer_id: customerId,
      cause: 'not-paid',
      stage: 'reminder',
      stage_since: ENDS_AT,
      opened_at: ENDS_AT,
      workflow_id: `arrears/${document.id}`,
    })
    .execute();
  return { documentId: document.id, invoiceNumber };
}

/** What the invoice says in the books: receivable, recovered, VAT. */
async function postInvoice(
  sql: Sql,
  tenant: Pick<Tenant, 'customerId' | 'condominiumId' | 'documentId'> & { currency: string },
): Promise<void> {
  const { customerId, condominiumId, currency, documentId } = tenant;
  const amounts = [
    { code: `receivable/${customerId}`, kind: 'receivable', customer_id: customerId, cents: 246 },
    { code: `recovered/${condominiumId}`, kind: 'recovered', condominium_id: condominiumId, cents: -200 },
    { code: `vat/${condominiumId}`, kind: 'vat', cents: -46 },
  ];
  await sql.transaction().execute(async (trx) => {
    const entry = await trx
      .insertInto('journal_entry')
      .values({
        key: `issue/${documentId}`,
        kind: 'issue',
        description: 'x',
        document_id: documentId,
        occurred_at: ENDS_AT,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const { cents, ...values } of amounts) {
      const account = await trx
        .insertInto('ledger_account')
        .values({ ...values, currency })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('posting')
        .values({ entry_id: entry.id, account_id: account.id, amount_cents: cents })
        .execute();
    }
  });
}

/** A kept file whose bytes tell its key. */
export async function addFile(sql: Sql, key: string, fileName: string): Promise<string> {
  const contentType = fileName.endsWith('.pdf') ? 'application/pdf' : 'application/vnd.ms-excel';
  const row = await sql
    .insertInto('stored_file')
    .values({
      key,
      file_name: fileName,
      content_type: contentType,
      sha256: key,
      bytes: Buffer.from(`content of ${key}`),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function addMail(
  sql: Sql,
  key: string,
  tenant: { installationId: string; customerId: string | null; fileId: string },
) {
  const row = await sql
    .insertInto('mail')
    .values({
      key,
      installation_id: tenant.installationId,
      customer_id: tenant.customerId,
      recipient: `${key}@example.pt`,
      subject: key,
      body: 'Olá',
      attachment_ids: [tenant.fileId],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A proposal to charge 12 cents more for June. */
async function addAdjustment(sql: Sql, of: Pick<Tenant, 'cycleId' | 'customerId'>): Promise<string> {
  const adjustment = await sql
    .insertInto('adjustment')
    .values({
      cycle_id: of.cycleId,
      customer_id: of.customerId,
      net_cents: 12,
      reasons: ['late-readings'],
      state: 'proposed',
      found_at: ENDS_AT,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const line = { kind: 'energy', party: 'retailer', label: 'Cheia 1', wh: 600, micros_per_kwh: 200_000 };
  await sql
    .insertInto('adjustment_line')
    .values({ adjustment_id: adjustment.id, position: 1, net_cents: 12, vat_code: 'NOR', ...line })
    .execute();
  return adjustment.id;
}

/** A condominium with one of everything that the API shows, all of it with `letter` in its names. */
export async function addTenant(sql: Sql, letter: string, now: Date, currency = 'EUR'): Promise<Tenant> {
  const place = await addPlace(sql, letter, currency);
  const charger = await addCharger(sql, letter, place, now);
  const customer = await addCustomer(sql, letter, { ...place, ...charger });
  const tariff = await addTariff(sql, letter, place.installationId);
  const month = await addMonth(sql, { ...place, ...charger, ...customer });
  const invoice = await addInvoice(sql, letter, { ...place, ...customer, ...month, currency });
  await postInvoice(sql, { ...place, ...customer, ...invoice, currency });
  const adjustmentId = await addAdjustment(sql, { ...customer, ...month });
  const payoutId = await addPayout(sql, letter, { ...place, currency, now });
  const pdfFileId = await addFile(sql, `invoice-pdf/${invoice.documentId}`, `fatura-${letter}.pdf`);
  const excelFileId = await addFile(sql, `manager-excel/${month.cycleId}`, `relatório-${letter}.xlsx`);
  const { installationId } = place;
  const managerMailId = await addMail(sql, `gestor-${letter}`, {
    installationId,
    customerId: null,
    fileId: excelFileId,
  });
  const toResident = { installationId, customerId: customer.customerId, fileId: pdfFileId };
  const residentMailId = await addMail(sql, `residente-${letter}`, toResident);
  return {
    ...place,
    ...charger,
    ...customer,
    ...tariff,
    ...month,
    ...invoice,
    adjustmentId,
    payoutId,
    pdfFileId,
    excelFileId,
    managerMailId,
    residentMailId,
  };
}
