import { defineEntity, p } from '@mikro-orm/core';

import { BillingCycle } from '../rating/billing-cycle.entity.js';
import { Customer, Installation, Spot } from '../registry/registry.entity.js';

/** The retailer's invoice for an installation's month, as entered or imported. */
export const RetailerInvoice = defineEntity({
  name: 'RetailerInvoice',
  tableName: 'retailer_invoice',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    /** yyyy-mm: the month it is compared with. */
    period: p.text(),
    number: p.text(),
    issueDate: p.date().nullable(),
    periodFrom: p.date(),
    periodTo: p.date(),
    netCents: p.bigint('number'),
    vatCents: p.bigint('number'),
    totalCents: p.bigint('number'),
    enteredAt: p.datetime(3),
    enteredBy: p.text(),
  },
  uniques: [{ name: 'retailer_invoice_number_unique', properties: ['installation', 'number'] }],
  indexes: [{ name: 'retailer_invoice_period_index', properties: ['installation', 'period'] }],
});

/** Energy of one band, or a charge, as the retailer's invoice prints it. */
export const RetailerInvoiceLine = defineEntity({
  name: 'RetailerInvoiceLine',
  tableName: 'retailer_invoice_line',
  properties: {
    invoice: () => p.manyToOne(RetailerInvoice).mapToPk().primary(),
    position: p.integer().primary(),
    /** energy or charge */
    kind: p.text(),
    band: p.text().nullable(),
    /** A plan charge's code, where it is one. */
    code: p.text().nullable(),
    label: p.text(),
    wh: p.bigint('number').nullable(),
    netCents: p.bigint('number'),
  },
});

/** A customer's part of a charge of the month that is not a price per kWh. Rounded once, here. */
export const ImputedLine = defineEntity({
  name: 'ImputedLine',
  tableName: 'imputed_line',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    cycle: () => p.manyToOne(BillingCycle).mapToPk(),
    /** Null: the condominium keeps this part. */
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    spot: () => p.manyToOne(Spot).mapToPk().nullable(),
    position: p.integer(),
    /** retailer or bpo */
    party: p.text(),
    code: p.text(),
    label: p.text(),
    /** The charge's unit and its price, and on how many local days of the month, from which on, it holds. */
    unit: p.text(),
    micros: p.bigint('number'),
    fromDate: p.date(),
    days: p.integer(),
    /** equal, permillage, spot, consumption, none; `own`: a charge that each has of their own, divided among nobody. */
    shareBy: p.text(),
    /** The whole of the month's charge in cents, this one's weight and the sum of all weights: how the part came about. */
    totalCents: p.bigint('number'),
    weight: p.bigint('number'),
    totalWeight: p.bigint('number'),
    netCents: p.bigint('number'),
    vatCode: p.text(),
    exemptionCode: p.text().nullable(),
  },
  indexes: [{ name: 'imputed_line_cycle_index', properties: ['cycle', 'customer'] }],
});

/** Where each cent of the retailer's bill of the month went: what was recovered, and what stays with the condominium. */
export const ReconciliationLine = defineEntity({
  name: 'ReconciliationLine',
  tableName: 'reconciliation_line',
  properties: {
    cycle: () => p.manyToOne(BillingCycle).mapToPk().primary(),
    position: p.integer().primary(),
    /** recovered or residual */
    side: p.text(),
    /** energy, charges, spots-without-holder, unattributed-energy, common-areas-and-losses, charges-kept, price-differences */
    code: p.text(),
    wh: p.bigint('number').nullable(),
    netCents: p.bigint('number'),
  },
});
