import { defineEntity, p } from '@mikro-orm/core';

import { Charger, Installation } from '../registry/registry.entity.js';

/** A charger's message as it came, with the answer it got. Committed before the answer leaves; never changed. */
export const OcppMessage = defineEntity({
  name: 'OcppMessage',
  tableName: 'ocpp_message',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    receivedAt: p.datetime(3),
    /** The WebSocket subprotocol it came by. */
    protocol: p.text().default('ocpp1.6'),
    messageId: p.text(),
    action: p.text(),
    payload: p.json<Record<string, unknown>>(),
    answer: p.json<Record<string, unknown>>(),
    /** Same charger, message id, action and payload: the same message sent again. */
    key: p.text().unique('ocpp_message_key_unique'),
  },
  indexes: [
    { name: 'ocpp_message_charger_index', properties: ['charger', 'receivedAt'] },
    {
      name: 'ocpp_message_security_index',
      expression: `create index "ocpp_message_security_index" on "ocpp_message" ("charger_id", "id") where (action = 'SecurityEventNotification')`,
    },
    {
      name: 'ocpp_message_signing_index',
      expression: `create index "ocpp_message_signing_index" on "ocpp_message" ("id") where (action = 'SignCertificate')`,
    },
  ],
});

/** One OCPP charging transaction. The id is the OCPP 1.6 transactionId. */
export const ChargingTransaction = defineEntity({
  name: 'ChargingTransaction',
  tableName: 'charging_transaction',
  properties: {
    id: p.integer().primary().autoincrement(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    connectorId: p.integer(),
    idTag: p.text().nullable(),
    startedAt: p.datetime(3),
    stoppedAt: p.datetime(3).nullable(),
    meterStartWh: p.bigint('number').nullable(),
    meterStopWh: p.bigint('number').nullable(),
    stopReason: p.text().nullable(),
    startMessage: () => p.manyToOne(OcppMessage).mapToPk().nullable(),
    stopMessage: () => p.manyToOne(OcppMessage).mapToPk().nullable(),
    /** What a person should look at; codes of libs/metering/flags.ts */
    flags: p.array<string>().columnType('text[]').default([]),
    /** The same start told twice has the same key. */
    startKey: p.text().unique('charging_transaction_start_key_unique'),
    lastReadingAt: p.datetime(3).nullable(),
    /** OCPP 2.x: the name the charger gave it. */
    chargerRef: p.text().nullable(),
    /** Some of it was told later than it happened: the charger says so itself. */
    offline: p.boolean().default(false),
    /** Numbers of the events that have come, as ranges: what is missing shows as a gap. */
    seqNos: p.text().columnType('int4multirange').default('{}'),
  },
  uniques: [{ name: 'charging_transaction_ref_unique', properties: ['charger', 'chargerRef'] }],
  indexes: [
    { name: 'charging_transaction_charger_index', properties: ['charger', 'connectorId', 'startedAt'] },
    { name: 'charging_transaction_stopped_index', properties: ['stoppedAt'] },
    { name: 'charging_transaction_end_index', properties: ['charger', 'stoppedAt'] },
    {
      name: 'charging_transaction_stray_index',
      expression: `create index "charging_transaction_stray_index" on "charging_transaction" ("charger_id") where (flags && array['implausible-time', 'reading-after-stop'])`,
    },
    {
      name: 'charging_transaction_fell_index',
      expression: `create index "charging_transaction_fell_index" on "charging_transaction" ("charger_id") where (flags && array['register-fell'])`,
    },
    {
      name: 'charging_transaction_leapt_index',
      expression: `create index "charging_transaction_leapt_index" on "charging_transaction" ("charger_id") where (flags && array['register-leapt'])`,
    },
  ],
});

/** A meter register at an instant. Import and export are two series, never netted. */
export const MeterReading = defineEntity({
  name: 'MeterReading',
  tableName: 'meter_reading',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    connectorId: p.integer(),
    transaction: () => p.manyToOne(ChargingTransaction).mapToPk().nullable(),
    at: p.datetime(3),
    importWh: p.bigint('number'),
    exportWh: p.bigint('number').nullable(),
    /** OCPP ReadingContext: Transaction.Begin, Sample.Clock, Sample.Periodic, Transaction.End, ... */
    context: p.text(),
    message: () => p.manyToOne(OcppMessage).mapToPk(),
  },
  indexes: [
    { name: 'meter_reading_charger_index', properties: ['charger', 'connectorId', 'at'] },
    { name: 'meter_reading_chain_index', properties: ['charger', 'id'] },
    { name: 'meter_reading_transaction_index', properties: ['transaction', 'at'] },
  ],
});

/** The live state of a connector: 0 is the charger itself. */
export const ConnectorState = defineEntity({
  name: 'ConnectorState',
  tableName: 'connector_state',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    connectorId: p.integer().primary(),
    /** OCPP 1.6 ChargePointStatus */
    status: p.text(),
    errorCode: p.text().nullable(),
    powerW: p.integer().nullable(),
    offeredW: p.integer().nullable(),
    transactionId: p.integer().nullable(),
    importWh: p.bigint('number').nullable(),
    /** What flows on the charger's L1, L2, L3; null when it does not say. */
    l1DeciA: p.integer().fieldName('l1_deci_a').nullable(),
    l2DeciA: p.integer().fieldName('l2_deci_a').nullable(),
    l3DeciA: p.integer().fieldName('l3_deci_a').nullable(),
    /** When power or currents were last told. */
    measuredAt: p.datetime(3).nullable(),
    updatedAt: p.datetime(3),
  },
  indexes: [
    {
      name: 'connector_state_transaction_index',
      expression: `create index "connector_state_transaction_index" on "connector_state" ("transaction_id") where (transaction_id is not null)`,
    },
  ],
});

/** Something a person should look at: kept, answered, and shown. */
export const Oddity = defineEntity({
  name: 'Oddity',
  tableName: 'oddity',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    transaction: () => p.manyToOne(ChargingTransaction).mapToPk().nullable(),
    message: () => p.manyToOne(OcppMessage).mapToPk().nullable(),
    code: p.text(),
    detail: p.json<Record<string, unknown>>(),
    at: p.datetime(3),
    resolvedAt: p.datetime(3).nullable(),
    resolvedBy: p.text().nullable(),
    key: p.text().unique('oddity_key_unique'),
  },
  indexes: [{ name: 'oddity_installation_index', properties: ['installation', 'at'] }],
});

/** Refused connections, counted per identity, reason and day so that a stranger cannot fill the table. */
export const ConnectionRefusal = defineEntity({
  name: 'ConnectionRefusal',
  tableName: 'connection_refusal',
  properties: {
    chargePointId: p.text().primary(),
    reason: p.text().primary(),
    day: p.date().primary(),
    times: p.integer(),
    lastAt: p.datetime(3),
  },
});

/**
 * How far a charger's readings are chained: hash n is SHA-256 of hash n-1 and reading n, in order of id. Each seal says
 * the hash reached and over how many readings; a reading added, changed or removed before it breaks the chain.
 */
export const ReadingSeal = defineEntity({
  name: 'ReadingSeal',
  tableName: 'reading_seal',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    /** The last reading it covers. */
    upToReadingId: p.bigint('number').primary(),
    /** All readings of the charger up to there. */
    readings: p.bigint('number'),
    /** SHA-256, hexadecimal. */
    head: p.text(),
    sealedAt: p.datetime(3),
  },
});

/**
 * What people said about readings: 'disregard' leaves one out of rating, 'restore' takes that back. Rows are only ever
 * added; the last one of a reading decides. The readings themselves are facts and stay.
 */
export const ReadingCorrection = defineEntity({
  name: 'ReadingCorrection',
  tableName: 'reading_correction',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** The reading's: rating asks by charger. */
    charger: () => p.manyToOne(Charger).mapToPk(),
    reading: () => p.manyToOne(MeterReading).mapToPk(),
    kind: p.text(),
    reason: p.text(),
    by: p.text(),
    /** The database's clock at that moment, not the transaction's beginning: what was rated before it differs. */
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
  },
  indexes: [
    { name: 'reading_correction_charger_index', properties: ['charger', 'reading', 'id'] },
    { name: 'reading_correction_reading_index', properties: ['reading', 'id'] },
  ],
});
