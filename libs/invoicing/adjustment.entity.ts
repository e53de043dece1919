import { defineEntity, p } from '@mikro-orm/core';

import { BillingCycle } from '../rating/billing-cycle.entity.js';
import { Customer } from '../registry/registry.entity.js';
import { FiscalDocument } from './document.entity.js';

/** What a billed month should have been, less what was billed: found by rating it again, issued in a later document. */
export const Adjustment = defineEntity({
  name: 'Adjustment',
  tableName: 'adjustment',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** The month it corrects. */
    cycle: () => p.manyToOne(BillingCycle).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** Positive: still to be charged. Negative: to be credited. */
    netCents: p.bigint('number'),
    /** What changed since (ChangeReason of changed-months.ts). Only credit-carried: the month itself, kept for the next invoice. */
    reasons: p.array<string>().columnType('text[]').default([]),
    /** proposed, accepted, dismissed, billed */
    state: p.text().default('proposed'),
    foundAt: p.datetime(3),
    decidedAt: p.datetime(3).nullable(),
    decidedBy: p.text().nullable(),
    document: () => p.manyToOne(FiscalDocument).mapToPk().nullable(),
  },
  indexes: [
    { name: 'adjustment_cycle_index', properties: ['cycle', 'customer'] },
    { name: 'adjustment_state_index', properties: ['state', 'customer'] },
  ],
});

/** The difference of one line: what it should be, less what was billed. */
export const AdjustmentLine = defineEntity({
  name: 'AdjustmentLine',
  tableName: 'adjustment_line',
  properties: {
    adjustment: () => p.manyToOne(Adjustment).mapToPk().primary(),
    position: p.integer().primary(),
    /** energy, energy-export, fixed-charge */
    kind: p.text(),
    party: p.text(),
    spotName: p.text().nullable(),
    chargerId: p.text().nullable(),
    season: p.text().nullable(),
    dayType: p.text().nullable(),
    band: p.text().nullable(),
    label: p.text(),
    chargeCode: p.text().nullable(),
    interval: p.text().nullable(),
    wh: p.bigint('number').nullable(),
    estimatedWh: p.bigint('number').nullable(),
    estimatedErrorWh: p.bigint('number').nullable(),
    microsPerKWh: p.bigint('number').fieldName('micros_per_kwh').nullable(),
    isAveragePrice: p.boolean().default(false),
    netCents: p.bigint('number'),
    vatCode: p.text(),
    exemptionCode: p.text().nullable(),
  },
});
