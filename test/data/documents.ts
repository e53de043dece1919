import { insertAdjustment } from '#libs/invoicing/adjustments.js';
import { customersToInvoice } from '#libs/invoicing/customers-to-invoice.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import type { ChargeLine } from '#libs/invoicing/plan-invoice.js';
import { postInvoiceIssued, postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import type { Sql } from '#libs/persistence/database.js';
import { DEFAULT_POLICY, type InstallationPolicy } from '#libs/registry/policy.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';

import { seedCycle } from './cycles.js';

/** A rated line as the golden report prints it. */
export interface LineSeed {
  readonly season?: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly wh: number;
  readonly estimatedWh?: number;
  readonly microsPerKWh: number;
  readonly cents: number;
  readonly direction?: 'import' | 'export';
}

const CHEIAS = { band: 'cheias', microsPerKWh: 227_756 } as const;
const VAZIO = { band: 'vazio-normal', microsPerKWh: 198_418 } as const;

/** Spot 3012 in June, to the Wh and the cent: 360,018 kWh and 80,38 €. */
export const GOLDEN_LINES: readonly LineSeed[] = [
  { dayType: 'Semana', label: 'Cheia 1', interval: '07.00-09.15', wh: 6_867, cents: 156, ...CHEIAS },
  { dayType: 'Semana', label: 'Cheia 2', interval: '12.15-23.59', wh: 222_036, cents: 5_057, ...CHEIAS },
  {
    dayType: 'Semana',
    label: 'Ponta',
    interval: '09.15-12.15',
    wh: 45_730,
    cents: 1_121,
    band: 'ponta',
    microsPerKWh: 245_102,
  },
  {
    dayType: 'Semana',
    label: 'Super Vazio',
    interval: '02.00-06.00',
    wh: 1_257,
    cents: 25,
    band: 'super-vazio',
    microsPerKWh: 197_780,
  },
  { dayType: 'Semana', label: 'Vazio 1', interval: '00.00-02.00', wh: 19_029, cents: 378, ...VAZIO },
  { dayType: 'Sabado', label: 'Cheia 1', interval: '09.00-14.00', wh: 3_140, cents: 72, ...CHEIAS },
  { dayType: 'Domingo', label: 'Vazio 1', interval: '00.00-02.00', wh: 19_412, cents: 385, ...VAZIO },
  { dayType: 'Domingo', label: 'Vazio 2', interval: '06.00-23.59', wh: 42_547, cents: 844, ...VAZIO },
];

export const INSTALLATION_ID = 'aurora';
export const TIME_ZONE = 'Europe/Lisbon';

export interface InstallationSeed {
  readonly policy?: InstallationPolicy;
  readonly region?: string;
  readonly issuerId?: string;
}

/** Issuer, condominium and one installation with its policy and two circuits. */
export async function seedInstallation(sql: Sql, seed: InstallationSeed = {}): Promise<void> {
  const issuerId = seed.issuerId ?? 'czm';
  await sql
    .insertInto('issuer')
    .values({
      id: issuerId,
      name: 'ChaZeMo – Serviços de Carregamento, Lda.',
      nif: '509442013',
      address: 'Avenida da Liberdade, 110',
      postal_code: '1250-146',
      city: 'Lisboa',
      email: 'suporte@chazemo.com',
      iban: 'PT50000201231234567890154',
    })
    .execute();
  await sql
    .insertInto('condominium')
    .values({
      id: 'aurora',
      name: 'Condomínio Edifício Aurora',
      nif: '901234567',
      address: 'Rua das Acácias, 12',
      postal_code: '1600-001',
      city: 'Lisboa',
      manager_name: 'Gestão Central de Condomínios',
      manager_email: 'gestora@example.org',
    })
    .execute();
  await sql
    .insertInto('installation')
    .values({
      id: INSTALLATION_ID,
      condominium_id: 'aurora',
      issuer_id: issuerId,
      name: 'Edifício Aurora',
      cpe: 'PT0002000012345678XY',
      region: seed.region ?? 'PT',
    })
    .execute();
  await sql
    .insertInto('installation_policy')
    .values({ installation_id: INSTALLATION_ID, valid_from: '2020-01-01', policy: seed.policy ?? DEFAULT_POLICY })
    .execute();
}

export interface HolderSeed {
  readonly customerId: string;
  readonly from?: Date;
  readonly until?: Date;
}

export interface SpotSeed {
  readonly name: string;
  readonly chargerId: string;
  readonly unit?: string;
  readonly circuit?: string;
  readonly holders?: readonly HolderSeed[];
}

const MOVED_IN = new Date('2025-01-01T00:00:00Z');

/** A spot with its unit, circuit and charger, and who holds it. Returns the spot's id. */
export async function seedSpot(sql: Sql, seed: SpotSeed): Promise<string> {
  const circuitId = await oneByName(sql, 'circuit', seed.circuit ?? 'Piso -3 Circuito 1', { max_current_a: 63 });
  const unitId =
    seed.unit === undefined ? null : await oneByName(sql, 'unit', seed.unit, { permillage_hundredths: 1_250 });
  const spot = await sql
    .insertInto('spot')
    .values({ installation_id: INSTALLATION_ID, circuit_id: circuitId, unit_id: unitId, name: seed.name })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('charger')
    .values({ id: seed.chargerId, installation_id: INSTALLATION_ID, label: seed.chargerId.toUpperCase() })
    .execute();
  await sql
    .insertInto('charger_placement')
    .values({ charger_id: seed.chargerId, spot_id: spot.id, from: MOVED_IN })
    .execute();
  for (const holder of seed.holders ?? []) {
    await sql
      .insertInto('occupancy')
      .values({
        spot_id: spot.id,
        customer_id: holder.customerId,
        kind: 'owner',
        from: holder.from ?? MOVED_IN,
        until: holder.until ?? null,
      })
      .execute();
  }
  return spot.id;
}

async function oneByName(
  sql: Sql,
  table: 'circuit' | 'unit',
  name: string,
  rest: { max_current_a: number } | { permillage_hundredths: number },
): Promise<string> {
  const found = await sql
    .selectFrom(table)
    .where('installation_id', '=', INSTALLATION_ID)
    .where('name', '=', name)
    .select('id')
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  const row = { installation_id: INSTALLATION_ID, name };
  const made =
    'max_current_a' in rest
      ? await sql
          .insertInto('circuit')
          .values({ ...row, ...rest })
          .returning('id')
          .executeTakeFirstOrThrow()
      : await sql
          .insertInto('unit')
          .values({ ...row, ...rest })
          .returning('id')
          .executeTakeFirstOrThrow();
  return made.id;
}

export interface CustomerSeed {
  readonly id: string;
  readonly name?: string;
  readonly method?: 'direct-debit' | 'prepaid' | 'transfer';
  readonly email?: string | null;
  readonly language?: 'pt' | 'en';
}

export async function seedCustomer(sql: Sql, seed: CustomerSeed): Promise<void> {
  await sql
    .insertInto('customer')
    .values({
      id: seed.id,
      condominium_id: 'aurora',
      name: seed.name ?? `Cliente ${seed.id}`,
      nif: '123456789',
      email: seed.email === undefined ? `${seed.id}@example.org` : seed.email,
      address: 'Rua das Acácias, 12',
      postal_code: '1600-001',
      city: 'Lisboa',
      language: seed.language ?? 'pt',
      payment_method: seed.method ?? 'transfer',
    })
    .execute();
}

/** The June cycle, half-open in local midnights of Lisbon. Returns its id. */
export async function seedJuneCycle(sql: Sql): Promise<string> {
  const rated = new Date('2026-07-01T04:00:00Z');
  return seedCycle(sql, INSTALLATION_ID, '2026-06', { step: 'invoicing', step_since: rated, rated_at: rated });
}

/** A former month, corrected by the lines: accepted, so that the golden customer's June has them. */
export async function seedFormerMonth(
  sql: Sql,
  period: string,
  lines: readonly ChargeLine[],
  now: Date,
): Promise<void> {
  const cycleId = await seedCycle(sql, INSTALLATION_ID, period);
  const netCents = lines.reduce((cents, line) => cents + line.netCents, 0);
  const adjustment = { cycleId, customerId: '1001', netCents, lines, reasons: ['late-readings'] } as const;
  await sql.transaction().execute((trx) => insertAdjustment(trx, { ...adjustment, state: 'accepted', now }));
}

export interface LinesTarget {
  readonly cycleId: string;
  readonly customerId: string | null;
  readonly spotId: string | null;
  readonly chargerId: string;
}

export async function seedLines(sql: Sql, target: LinesTarget, lines: readonly LineSeed[]): Promise<void> {
  await sql
    .insertInto('rated_line')
    .values(
      lines.map((line, position) => ({
        cycle_id: target.cycleId,
        customer_id: target.customerId,
        spot_id: target.spotId,
        charger_id: target.chargerId,
        position,
        season: line.season ?? 'Verão',
        day_type: line.dayType,
        band: line.band,
        label: line.label,
        interval: line.interval,
        direction: line.direction ?? 'import',
        wh: line.wh,
        estimated_wh: line.estimatedWh ?? 0,
        micros_per_kwh: line.microsPerKWh,
        cents: line.cents,
        calendar_id: 'pt-mainland-weekly',
      })),
    )
    .execute();
}

/** A register at an instant; the second is what a vehicle fed back. */
export type ReadingSeed = readonly [at: string, importWh: number, exportWh?: number];

export interface TransactionSeed {
  readonly chargerId: string;
  readonly readings: readonly ReadingSeed[];
  readonly flags?: string[];
  /** The card that started it. */
  readonly idTag?: string;
}

/** One charging transaction with readings at the given instants. */
export async function seedTransaction(sql: Sql, seed: TransactionSeed): Promise<number> {
  const [first, last] = [seed.readings[0], seed.readings.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a transaction has readings');
  const message = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: seed.chargerId,
      received_at: new Date(first[0]),
      message_id: 'm',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: `${seed.chargerId}/${first[0]}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const transaction = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: seed.chargerId,
      connector_id: 1,
      id_tag: seed.idTag ?? null,
      started_at: new Date(first[0]),
      stopped_at: new Date(last[0]),
      meter_start_wh: first[1],
      meter_stop_wh: last[1],
      flags: seed.flags ?? [],
      start_key: `${seed.chargerId}/${first[0]}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('meter_reading')
    .values(
      seed.readings.map(([at, importWh, exportWh]) => ({
        charger_id: seed.chargerId,
        connector_id: 1,
        transaction_id: transaction.id,
        at: new Date(at),
        import_wh: importWh,
        export_wh: exportWh ?? null,
        context: 'Sample.Clock',
        message_id: message.id,
      })),
    )
    .execute();
  return transaction.id;
}

/** The golden customer alone: 1001 at spot 3012, with the June cycle rated. Returns the cycle's id. */
export async function seedGoldenJune(
  sql: Sql,
  seed: InstallationSeed & Partial<CustomerSeed> = {},
): Promise<{ cycleId: string; spotId: string }> {
  await seedInstallation(sql, seed);
  await seedCustomer(sql, { name: 'Ana Silva', method: 'direct-debit', ...seed, id: '1001' });
  const spotId = await seedSpot(sql, {
    name: '3012',
    chargerId: 'zcs031903',
    unit: '3.º Esq.',
    holders: [{ customerId: '1001' }],
  });
  const cycleId = await seedJuneCycle(sql);
  await seedLines(sql, { cycleId, customerId: '1001', spotId, chargerId: 'zcs031903' }, GOLDEN_LINES);
  return { cycleId, spotId };
}

/** Issues and posts every invoice of a cycle, as the month's workflow does. Returns document ids by customer. */
export async function issueAll(sql: Sql, cycleId: string, now: Date): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for (const customerId of await customersToInvoice(sql, { cycleId })) {
    await sql.transaction().execute(async (trx) => {
      const invoice = await issueInvoice(trx, { cycleId, customerId, now, signer: TEST_SIGNER });
      if ('refused' in invoice) return;
      await postInvoiceIssued(trx, { documentId: invoice.documentId });
      documents.set(customerId, invoice.documentId);
    });
  }
  return documents;
}

/** How an invoice of {@link seedMixedJune} ended up. */
export type Ending = 'open' | 'processing' | 'paid' | 'partly-paid' | 'arrears' | 'disputed';

const ENDINGS: readonly Ending[] = ['paid', 'paid', 'processing', 'arrears', 'open', 'partly-paid', 'disputed', 'paid'];

export interface MixedJune {
  readonly cycleId: string;
  /** Ending and document by customer. */
  readonly endings: ReadonlyMap<string, Ending>;
  readonly documents: ReadonlyMap<string, string>;
}

/**
 * A June with `count` customers whose invoices stand in every state, one of them with two spots, a unit with two
 * customers, a spot that nobody holds, and sessions with flags.
 */
export async function seedMixedJune(sql: Sql, count = 16): Promise<MixedJune> {
  await seedInstallation(sql);
  const cycleId = await seedJuneCycle(sql);
  const endings = new Map<string, Ending>();
  for (let index = 0; index < count; index += 1) {
    const customerId = String(1001 + index);
    endings.set(customerId, ENDINGS[index % ENDINGS.length] ?? 'open');
    await seedCustomer(sql, {
      id: customerId,
      name: ['Ana Silva', 'João Conceição', 'Maria & Filhos, Lda.', 'Inês d’Ávila'][index % 4] ?? 'Ana',
      method: (['direct-debit', 'prepaid', 'transfer'] as const)[index % 3] ?? 'transfer',
    });
    await seedHeldSpot(sql, cycleId, { index, customerId, unit: `${Math.floor(index / 2) + 1}.º Esq.` });
    if (index === 4) await seedHeldSpot(sql, cycleId, { index: 90, customerId, unit: 'Loja 2' });
  }
  await seedHeldSpot(sql, cycleId, { index: 80, customerId: null, unit: 'Loja 3' });
  await sql.updateTable('billing_cycle').set({ unattributed_wh: 412 }).execute();
  const documents = await issueAll(sql, cycleId, new Date('2026-07-01T05:00:00Z'));
  for (const [customerId, documentId] of documents) await settle(sql, documentId, endings.get(customerId) ?? 'open');
  return { cycleId, endings, documents };
}

async function seedHeldSpot(
  sql: Sql,
  cycleId: string,
  seed: { index: number; customerId: string | null; unit: string },
): Promise<void> {
  const chargerId = `zcs0319${String(seed.index).padStart(2, '0')}`;
  const spotId = await seedSpot(sql, {
    name: String(3012 + seed.index),
    chargerId,
    unit: seed.unit,
    circuit: `Piso -3 Circuito ${1 + (seed.index % 4)}`,
    holders: seed.customerId === null ? [] : [{ customerId: seed.customerId }],
  });
  const lines: LineSeed[] = [];
  for (const [position, line] of GOLDEN_LINES.entries()) {
    lines.push({
      ...line,
      wh: line.wh + seed.index * 17 * position,
      cents: line.cents + seed.index * position,
      estimatedWh: position === 1 && seed.index % 5 === 0 ? 350 : 0,
    });
  }
  await seedLines(sql, { cycleId, customerId: seed.customerId, spotId, chargerId }, lines);
  await seedTransaction(sql, {
    chargerId,
    readings: [
      ['2026-06-03T18:00:00Z', 1_204_500],
      ['2026-06-04T05:30:00Z', 1_221_940],
    ],
    flags: seed.index % 5 === 0 ? ['late-delivery'] : [],
  });
}

async function settle(sql: Sql, documentId: string, ending: Ending): Promise<void> {
  const document = await sql
    .selectFrom('fiscal_document')
    .selectAll()
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const at = new Date('2026-07-15T08:00:00Z');
  const whole = document.gross_cents;
  const pay = (amountCents: number) =>
    sql
      .transaction()
      .execute((trx) =>
        postPayment(trx, { key: `settle/${documentId}`, documentId, source: 'stripe', amountCents, occurredAt: at }),
      );
  if (ending === 'paid' || ending === 'disputed') await pay(whole);
  if (ending === 'partly-paid') await pay(2_500);
  if (ending === 'disputed') {
    await sql.transaction().execute((trx) =>
      postPaymentReversed(trx, {
        key: `reverse/${documentId}`,
        documentId,
        source: 'stripe',
        amountCents: whole,
        occurredAt: at,
      }),
    );
  }
  await seedCollection(sql, { ...document, documentId, ending, at });
}

async function seedCollection(
  sql: Sql,
  seed: {
    documentId: string;
    customer_id: string;
    cycle_id: string | null;
    payment_method: string;
    ending: Ending;
    at: Date;
  },
): Promise<void> {
  const { ending, at, documentId } = seed;
  const chased = ending === 'arrears' || ending === 'disputed';
  const settled = ending === 'paid';
  const step = settled ? 'settled' : chased ? 'handed-to-arrears' : ending === 'processing' ? 'processing' : null;
  await sql
    .insertInto('collection')
    .values({
      document_id: documentId,
      installation_id: INSTALLATION_ID,
      customer_id: seed.customer_id,
      cycle_id: seed.cycle_id,
      method: seed.payment_method,
      step: step ?? 'awaiting-due-date',
      step_since: at,
      next_action_at: settled || chased ? null : new Date('2026-07-29T08:00:00Z'),
      outcome: settled ? 'settled' : chased ? 'arrears' : null,
      workflow_id: `collection/${documentId}`,
    })
    .execute();
  if (ending === 'processing' || ending === 'disputed') {
    await sql
      .insertInto('payment_attempt')
      .values({ document_id: documentId, attempt_no: 1, method: 'stripe-sepa', amount_cents: 1, state: ending })
      .execute();
  }
  if (!chased) return;
  await sql
    .insertInto('arrears_case')
    .values({
      document_id: documentId,
      installation_id: INSTALLATION_ID,
      customer_id: seed.customer_id,
      cause: ending === 'disputed' ? 'disputed' : 'insufficient_funds',
      stage: 'reminder',
      stage_since: at,
      next_stage: 'formal-notice',
      next_action_at: new Date('2026-08-04T08:00:00Z'),
      opened_at: at,
      workflow_id: `arrears/${documentId}`,
    })
    .execute();
}
