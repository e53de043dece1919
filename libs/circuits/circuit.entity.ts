import { defineEntity, p } from '@mikro-orm/core';

import { Charger, Circuit, Installation } from '../registry/registry.entity.js';
import type { Why } from './allocate-types.js';
import type { CircuitData } from './circuit-records.js';

/** Whether an installation's circuits are shared by us, what is known of them, and which process drives them. */
export const CircuitControl = defineEntity({
  name: 'CircuitControl',
  tableName: 'circuit_control',
  properties: {
    installation: () => p.manyToOne(Installation).mapToPk().primary(),
    isEnabled: p.boolean().default(false),
    /** Kept before any order goes out; null before the first. */
    state: p.json<CircuitData>().nullable(),
    /** The process that drives, and until when nobody else may. */
    holder: p.text().nullable(),
    heldUntil: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'circuit_control_enabled_index',
      expression: `create index "circuit_control_enabled_index" on "circuit_control" ("installation_id") where (is_enabled)`,
    },
  ],
});

/** The latest reading of a main meter. */
export const MainMeterReading = defineEntity({
  name: 'MainMeterReading',
  tableName: 'main_meter_reading',
  properties: {
    circuit: () => p.manyToOne(Circuit).mapToPk().primary(),
    at: p.datetime(3),
    /** `building`: without the cars; `everything`: with them */
    measures: p.text(),
    l1DeciA: p.integer().fieldName('l1_deci_a'),
    l2DeciA: p.integer().fieldName('l2_deci_a'),
    l3DeciA: p.integer().fieldName('l3_deci_a'),
  },
});

/** What a connector was given last, and why. */
export const ConnectorLimitRow = defineEntity({
  name: 'ConnectorLimitRow',
  tableName: 'connector_limit',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    connectorId: p.integer().primary(),
    limitDeciA: p.integer(),
    /** On the phases the car loads. */
    offeredW: p.integer(),
    isPaused: p.boolean(),
    why: p.json<Why>(),
    at: p.datetime(3),
  },
});
