import { z } from 'zod';

import { joined, withDoubt, withinInt4 } from './doubts.js';
import type { ChargerMessage } from './messages.js';
import { parseSamples, type MeterValue } from './samples.js';
import { parseStamp } from './timestamp.js';

/** Only what is used; the strict JSON schema has already judged the rest before a message comes here. */
const sampledValue = z.object({
  value: z.string(),
  context: z.string().optional(),
  format: z.string().optional(),
  measurand: z.string().optional(),
  phase: z.string().optional(),
  location: z.string().optional(),
  unit: z.string().optional(),
});
const meterValue = z.array(z.object({ timestamp: z.string(), sampledValue: z.array(sampledValue) }));

const SHAPES = {
  BootNotification: z.object({
    chargePointVendor: z.string(),
    chargePointModel: z.string(),
    firmwareVersion: z.string().optional(),
  }),
  StatusNotification: z.object({ connectorId: z.number(), status: z.string(), errorCode: z.string() }),
  Authorize: z.object({ idTag: z.string() }),
  StartTransaction: z.object({
    connectorId: z.number(),
    idTag: z.string(),
    meterStart: z.number(),
    timestamp: z.string(),
  }),
  MeterValues: z.object({ connectorId: z.number(), transactionId: z.number().optional(), meterValue }),
  StopTransaction: z.object({
    transactionId: z.number(),
    meterStop: z.number(),
    timestamp: z.string(),
    reason: z.string().optional(),
    idTag: z.string().optional(),
    transactionData: meterValue.optional(),
  }),
  DataTransfer: z.object({ vendorId: z.string() }),
} as const;

/** Told, recorded and answered; nothing follows from them yet. */
const NOTICES = new Set([
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
]);

/** Whether a charger may ask this of a central system. */
export function isKnown16(action: string): boolean {
  return Object.hasOwn(SHAPES, action) || action === 'Heartbeat' || NOTICES.has(action);
}

/**
 * An OCPP 1.6 call in version-neutral words. Null for an action that no charger sends to a central system;
 * throws when the payload is not the action's (strict validation comes first, so that is a broken invariant).
 * A payload that had to be mended to be read (mend-16.ts) is doubtful.
 */
export function parse16(action: string, payload: unknown, isMended = false): ChargerMessage | null {
  const message = parseCall(action, payload);
  return isMended && message !== null ? withDoubt(message, 'not-to-schema') : message;
}

function parseCall(action: string, payload: unknown): ChargerMessage | null {
  switch (action) {
    case 'BootNotification': {
      const boot = SHAPES.BootNotification.parse(payload);
      return {
        kind: 'boot',
        vendor: boot.chargePointVendor,
        model: boot.chargePointModel,
        firmware: boot.firmwareVersion ?? null,
      };
    }
    case 'Heartbeat':
      return { kind: 'heartbeat' };
    case 'StatusNotification': {
      const { connectorId, status, errorCode } = SHAPES.StatusNotification.parse(payload);
      return { kind: 'status', connectorId: withinInt4(connectorId) ?? 0, status, errorCode };
    }
    case 'Authorize':
      return { kind: 'authorize', idTag: SHAPES.Authorize.parse(payload).idTag };
    case 'StartTransaction':
      return parseStart(payload);
    case 'MeterValues':
      return parseMeterValues(payload);
    case 'StopTransaction':
      return parseStop(payload);
    case 'DataTransfer':
      return { kind: 'data-transfer', vendorId: SHAPES.DataTransfer.parse(payload).vendorId };
    default:
      return NOTICES.has(action) ? { kind: 'notice', action } : null;
  }
}

function parseStart(payload: unknown): ChargerMessage {
  const start = SHAPES.StartTransaction.parse(payload);
  const connectorId = withinInt4(start.connectorId);
  const meterStartWh = withinRegister(start.meterStart);
  return {
    kind: 'transaction-started',
    transactionId: null,
    connectorId: connectorId ?? 0,
    idTag: start.idTag,
    meterStartWh,
    stamp: parseStamp(start.timestamp),
    samples: [],
    doubts: (connectorId ?? 0) <= 0 || meterStartWh === null ? ['value-out-of-range'] : [], // 0 is the charger itself
  };
}

function parseMeterValues(payload: unknown): ChargerMessage {
  const values = SHAPES.MeterValues.parse(payload);
  const connectorId = withinInt4(values.connectorId);
  const { samples, doubts } = parseSamples(values.meterValue as readonly MeterValue[]);
  return {
    kind: 'meter-values',
    connectorId: connectorId ?? 0,
    transactionId: values.transactionId === undefined ? null : (withinInt4(values.transactionId) ?? -1),
    samples,
    doubts: connectorId === null ? joined(doubts, 'value-out-of-range') : doubts,
  };
}

function parseStop(payload: unknown): ChargerMessage {
  const stop = SHAPES.StopTransaction.parse(payload);
  const meterStopWh = withinRegister(stop.meterStop);
  const { samples, doubts } = parseSamples((stop.transactionData ?? []) as readonly MeterValue[]);
  return {
    kind: 'transaction-stopped',
    transactionId: withinInt4(stop.transactionId) ?? -1,
    meterStopWh,
    stamp: parseStamp(stop.timestamp),
    reason: stop.reason ?? null,
    idTag: stop.idTag ?? null,
    samples,
    doubts: meterStopWh === null ? joined(doubts, 'value-out-of-range') : doubts,
  };
}

/** 10 TWh: no meter counts further, and it leaves sums far from 2^53. */
const REGISTER_LIMIT_WH = 1e13;

function withinRegister(value: number): number | null {
  return Number.isInteger(value) && Math.abs(value) <= REGISTER_LIMIT_WH ? value : null;
}
