import type { Sql } from '#libs/persistence/database.js';

/** Names of what {@link addTariff} adds, told apart by the tenant's letter. */
export interface TariffNames {
  readonly planId: string;
  readonly planName: string;
}

const PRICES = [
  ['ponta', 245_102],
  ['cheias', 150_000],
  ['vazio', 90_000],
] as const;

/** A tri-band plan since 2026 with components, charges of both parties, and other prices from 17 June on. */
export async function addTariff(sql: Sql, letter: string, installationId: string): Promise<TariffNames> {
  const planName = `Tri-horário ${letter}`;
  const plan = await sql
    .insertInto('price_plan')
    .values({
      installation_id: installationId,
      name: planName,
      retailer: `Luz ${letter}`,
      calendar_id: 'pt-mainland-weekly',
      bands: 3,
      valid_from: '2025-06-01',
      source: 'tabela de 2026',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const [band, micros] of PRICES) {
    const price = { plan_id: plan.id, band, direction: 'import', component: 'energy' };
    await sql
      .insertInto('band_price')
      .values([
        { ...price, valid_from: '2025-06-01', micros_per_kwh: micros },
        { ...price, valid_from: '2026-06-17', micros_per_kwh: micros + 10_000 },
        { ...price, component: 'network-access', valid_from: '2025-06-01', micros_per_kwh: 41_200 },
      ])
      .execute();
  }
  const from = { plan_id: plan.id, valid_from: '2025-06-01' };
  await sql
    .insertInto('plan_charge')
    .values([
      {
        ...from,
        party: 'retailer',
        code: 'contracted-power',
        label: 'Potência contratada',
        unit: 'per-day',
        micros: 1_324_800,
        share_by: 'permillage',
      },
      {
        ...from,
        party: 'bpo',
        code: 'fee-spot',
        label: 'Gestão do lugar',
        unit: 'per-spot-month',
        micros: 2_000_000,
        share_by: 'spot',
      },
    ])
    .execute();
  return { planId: plan.id, planName };
}

/** The file of a calendar with one band by day and one by night, all year. */
export function aCalendar(id: string) {
  const table = {
    season: 'all',
    dayType: 'all',
    intervals: [
      { band: 'valle', start: '00:00', end: '08:00' },
      { band: 'punta', start: '08:00', end: '24:00' },
    ],
    confidence: 'high',
    sources: ['Circular CNMC 3/2020'],
  };
  const bands = [
    { id: 'punta', label: 'Punta' },
    { id: 'valle', label: 'Valle' },
  ];
  return {
    id,
    name: 'Día y noche',
    region: 'ES',
    timeZone: 'Europe/Madrid',
    seasons: { rule: 'legal-time' },
    nationalHolidays: 'none',
    bandRules: { bands, merges: { 2: { punta: 'punta', valle: 'valle' } } },
    sets: [{ id: 'es-2026', holds: 'always', from: '2026-01-01', to: null, law: 'BOE', tables: [table] }],
  };
}

/** An invoice of the retailer for June that adds up: 12 kWh and contracted power, 60,42 € with VAT. */
export function aRetailerInvoice(number: string) {
  const energy = { kind: 'energy', band: 'cheias', code: null, label: 'Energia cheias', wh: 12_000, netCents: 2_400 };
  const power = { kind: 'charge', band: null, code: 'contracted-power', label: 'Potência', wh: null, netCents: 2_512 };
  return {
    number,
    issueDate: '2026-07-03',
    periodFrom: '2026-06-01',
    periodTo: '2026-06-30',
    lines: [energy, power],
    netCents: 4_912,
    vatCents: 1_130,
    totalCents: 6_042,
  };
}

/** A retailer's price list in CSV for an import: one band, at `perKWh` from 1 June 2027 on. */
export function aPriceList(installationId: string, perKWh = '0,181500') {
  const rows = [
    'installation;plan;planFrom;calendar;bands;band;component;perKWh;from',
    `${installationId};Simples 2027;2027-06-01;pt-mainland-daily;1;simples;energy;${perKWh};2027-06-01`,
    `${installationId};Simples 2027;2027-06-01;pt-mainland-daily;1;simples;network-access;0,0607;2027-06-01`,
  ];
  return { fileName: 'preços.csv', contentBase64: Buffer.from(rows.join('\n')).toString('base64') };
}
