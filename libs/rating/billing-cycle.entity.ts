import { defineEntity, p } from '@mikro-orm/core';

import { Charger, Customer, Installation, Spot } from '../registry/registry.entity.js';

/** A component of a price per kWh. */
export interface PricePart {
  readonly component: string;
  readonly micros: number;
}

/** What transactions of a charger that ran at the same time both count of its register, and so both are billed. */
export interface TwiceCounted {
  readonly wh: number;
  /** The first ones, and how many they are. */
  readonly transactions: readonly number[];
  readonly count: number;
}

/** One installation's month. Its workflow is `bill/<installation>/<yyyy-mm>`. */
export const BillingCycle = defineEntity({
  name: 'BillingCycle',
  tableName: 'billing_cycle',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    /** yyyy-mm */
    period: p.text(),
    startsAt: p.datetime(3),
    endsAt: p.datetime(3),
    workflowId: p.text(),
    /** A step of workflows/installation-month/messages.ts: what staff see; only the workflow writes it. */
    step: p.text(),
    stepSince: p.datetime(3),
    waitsFor: p.text().nullable(),
    done: p.integer().default(0),
    total: p.integer().default(0),
    closedAt: p.datetime(3).nullable(),
    ratedAt: p.datetime(3).nullable(),
    totalWh: p.bigint('number').default(0),
    totalCents: p.bigint('number').default(0),
    unattributedWh: p.bigint('number').default(0),
    /** Which charger's register moved how much outside transactions: where a person begins to look. */
    unattributedByCharger: p.json<Record<string, number>>().nullable(),
    /** By charger, what is billed with two transactions at once. */
    twiceByCharger: p.json<Record<string, TwiceCounted>>().nullable(),
    /** The retailer's bill for the month, net: as invoiced, or as the price plan says while no invoice is entered. */
    billCents: p.bigint('number').nullable(),
    /** retailer-invoice or tariff */
    billSource: p.text().nullable(),
    /** The last reading there was, and the database's time, when the month was rated: what came later is a difference. */
    ratedUpToReadingId: p.bigint('number').nullable(),
    inputsAsOf: p.datetime(3).nullable(),
    /** Hash over the heads of the chargers' reading chains from which the month was rated. */
    readingsSeal: p.text().nullable(),
    finishedAt: p.datetime(3).nullable(),
    outcome: p.text().nullable(),
  },
  uniques: [{ name: 'billing_cycle_period_unique', properties: ['installation', 'period'] }],
});

/** Energy × price of one season, day type and band interval, as the report prints it. Rounded once, here. */
export const RatedLine = defineEntity({
  name: 'RatedLine',
  tableName: 'rated_line',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    cycle: () => p.manyToOne(BillingCycle).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    spot: () => p.manyToOne(Spot).mapToPk().nullable(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    position: p.integer(),
    season: p.text(),
    dayType: p.text(),
    band: p.text(),
    label: p.text(),
    interval: p.text(),
    direction: p.text(),
    wh: p.bigint('number'),
    estimatedWh: p.bigint('number'),
    microsPerKWh: p.bigint('number').fieldName('micros_per_kwh'),
    cents: p.bigint('number'),
    calendarId: p.text(),
    /** How far the estimated energy can be off at worst, Wh. */
    estimatedErrorWh: p.bigint('number').default(0),
    /** The line holds several prices (indexed plan): micros_per_kwh is their average, for show; cents are exact. */
    isAveragePrice: p.boolean().default(false),
    /** What the price per kWh is made of, where it is one price. */
    priceParts: p.json<PricePart[]>().nullable(),
    /** The plan's VAT code for energy on that day and, where exempt, the reason's code (M##). */
    vatCode: p.text().default('NOR'),
    exemptionCode: p.text().nullable(),
  },
  indexes: [
    { name: 'rated_line_cycle_index', properties: ['cycle', 'customer'] },
    { name: 'rated_line_customer_index', properties: ['customer'] },
  ],
});

/** Why a month waits for a person. */
export const Anomaly = defineEntity({
  name: 'Anomaly',
  tableName: 'anomaly',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    cycle: () => p.manyToOne(BillingCycle).mapToPk(),
    /** An AnomalyCode of anomalies.ts. */
    code: p.text(),
    /** What it is about: a customer number, a charger id, a spot name, or '' for the whole month. */
    subject: p.text(),
    detail: p.json<Record<string, unknown>>(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    acceptedAt: p.datetime(3).nullable(),
    acceptedBy: p.text().nullable(),
  },
  uniques: [{ name: 'anomaly_subject_unique', properties: ['cycle', 'code', 'subject'] }],
});
