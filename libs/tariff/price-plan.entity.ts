import { defineEntity, p } from '@mikro-orm/core';

import { Installation } from '../registry/registry.entity.js';
import { PriceSeries } from './price-series.entity.js';

/** The retailer's contract of one installation, valid on local days [validFrom, validTo]; validTo inclusive as printed. */
export const PricePlan = defineEntity({
  name: 'PricePlan',
  tableName: 'price_plan',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    name: p.text(),
    calendarId: p.text(),
    bands: p.integer(),
    calendarChangeover: p.date().nullable(),
    holidaysAsSunday: p.boolean().default(false),
    validFrom: p.date(),
    validTo: p.date().nullable(),
    source: p.text().nullable(),
    retailer: p.text().nullable(),
    /** VAT code of the energy (NOR, INT, RED, ISE) and, where exempt, the reason's code (M##). */
    vatCode: p.text().default('NOR'),
    exemptionCode: p.text().nullable(),
    /** Indexed plans: price = series × losses × factor + margin, per quarter-hour. Null: prices are fixed per band. */
    indexSeries: () => p.manyToOne(PriceSeries).mapToPk().nullable(),
    lossesSeries: () => p.manyToOne(PriceSeries).mapToPk().nullable(),
    /** Constant losses where there is no series; 1 000 000 is none. */
    lossesPpm: p.integer().default(1_000_000),
    factorPpm: p.integer().default(1_000_000),
    marginMicros: p.bigint('number').default(0),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'price_plan_from_unique', properties: ['installation', 'validFrom'] }],
});

/** One component of a band's price per kWh in micro-units (six decimals), valid on local days [validFrom, validTo]. */
export const BandPrice = defineEntity({
  name: 'BandPrice',
  tableName: 'band_price',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    plan: () => p.manyToOne(PricePlan).mapToPk(),
    band: p.text(),
    direction: p.text().default('import'),
    /** energy, network-access, levy or discount (negative); the price of a kWh is their sum. */
    component: p.text().default('energy'),
    validFrom: p.date(),
    validTo: p.date().nullable(),
    microsPerKWh: p.bigint('number').fieldName('micros_per_kwh'),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'band_price_from_unique', properties: ['plan', 'band', 'direction', 'component', 'validFrom'] }],
});

/** What a plan charges besides the price per kWh, by the retailer or by the BPO's contract with the condominium. */
export const PlanCharge = defineEntity({
  name: 'PlanCharge',
  tableName: 'plan_charge',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    plan: () => p.manyToOne(PricePlan).mapToPk(),
    /** Who is paid: `retailer` (part of its bill) or `bpo` (our fee, shown apart). */
    party: p.text(),
    /** contracted-power, retailer-fixed-term, cav, dgeg, iec, discount, fee-spot, fee-kwh, fee-invoice, or one's own. */
    code: p.text(),
    label: p.text(),
    /** per-day, per-month, per-spot-month, per-kwh, per-invoice, percent-of-energy */
    unit: p.text(),
    /** Micro-units of the currency; for percent-of-energy parts per million. Negative: a discount. */
    micros: p.bigint('number'),
    /** Among whom a common cost is divided: equal, permillage, spot, consumption, none (stays with the condominium). */
    shareBy: p.text(),
    vatCode: p.text().default('NOR'),
    exemptionCode: p.text().nullable(),
    validFrom: p.date(),
    validTo: p.date().nullable(),
    source: p.text().nullable(),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'plan_charge_from_unique', properties: ['plan', 'party', 'code', 'validFrom'] }],
});
