import { z } from 'zod';

import { joined, withDoubt, withinInt4 } from './doubts.js';
import { parseTransactionEvent } from './event-201.js';
import type { ChargerMessage, StatusMessage } from './messages.js';
import { present } from './present.js';
import { meterValues201, parseSamples201 } from './samples-201.js';
import { idToken201, moreTagsOf, tokenKindOf } from './token-201.js';

/** Only what is used; the strict JSON schema has already judged the rest before a message comes here. */
const SHAPES = {
  BootNotification: z.object({
    chargingStation: z.object({ model: z.string(), vendorName: z.string(), firmwareVersion: z.string().optional() }),
  }),
  StatusNotification: z.object({ evseId: z.number(), connectorStatus: z.string() }),
  Authorize: z.object({
    idToken: idToken201,
    certificate: z.string().optional(),
    iso15118CertificateHashData: z.array(z.unknown()).optional(),
  }),
  MeterValues: z.object({ evseId: z.number(), meterValue: meterValues201 }),
  NotifyEvent: z.object({
    eventData: z.array(
      z.object({
        actualValue: z.string(),
        component: z.object({ name: z.string(), evse: z.object({ id: z.number() }).optional() }),
        variable: z.object({ name: z.string() }),
      }),
    ),
  }),
  DataTransfer: z.object({ vendorId: z.string() }),
  VatNumberValidation: z.object({ vatNumber: z.string(), evseId: z.number().optional() }),
  GetCertificateChainStatus: z.object({
    certificateStatusRequests: z.array(
      z.object({ certificateHashData: z.record(z.string(), z.unknown()), source: z.string() }),
    ),
  }),
} as const;

/** Told, recorded and answered; nothing follows from them yet. */
const NOTICES_201 = [
  'ClearedChargingLimit',
  'FirmwareStatusNotification',
  'Get15118EVCertificate',
  'GetCertificateStatus',
  'LogStatusNotification',
  'NotifyChargingLimit',
  'NotifyCustomerInformation',
  'NotifyDisplayMessages',
  'NotifyEVChargingNeeds',
  'NotifyEVChargingSchedule',
  'NotifyMonitoringReport',
  'NotifyReport',
  'PublishFirmwareStatusNotification',
  'ReportChargingProfiles',
  'ReservationStatusUpdate',
  'SecurityEventNotification',
  'SignCertificate',
] as const;

/** What 2.1 adds, as far as an answer without knowledge of the matter is an honest one. */
const NOTICES_21 = [
  'BatterySwap',
  'ClosePeriodicEventStream',
  'NotifyDERAlarm',
  'NotifyDERStartStop',
  'NotifyPriorityCharging',
  'NotifySettlement',
  'NotifyWebPaymentStarted',
  'OpenPeriodicEventStream',
  'PullDynamicScheduleUpdate',
  'ReportDERControl',
] as const;

/** What 2.1 adds that wants to be answered with what it asks about. */
const ASKING_21: ReadonlySet<string> = new Set(['VatNumberValidation', 'GetCertificateChainStatus']);

const KNOWN_201: ReadonlySet<string> = new Set([
  ...Object.keys(SHAPES).filter((action) => !ASKING_21.has(action)),
  'Heartbeat',
  'TransactionEvent',
  ...NOTICES_201,
]);
const KNOWN_21: ReadonlySet<string> = new Set([...KNOWN_201, ...NOTICES_21, ...ASKING_21]);

/** Whether a charging station may ask this of a central system. */
export const isKnown201 = (action: string): boolean => KNOWN_201.has(action);
export const isKnown21 = (action: string): boolean => KNOWN_21.has(action);

/**
 * A call of OCPP 2.0.1 or 2.1 in version-neutral words. Null for an action that no charging station sends to a central
 * system; throws when the payload is not the action's (strict validation comes first, so that is a broken invariant).
 * A payload that had to be mended to be read (mend-201.ts) is doubtful.
 */
export function parse201(action: string, payload: unknown, isMended = false): ChargerMessage | null {
  const message = parseCall(action, payload);
  return isMended && message !== null ? withDoubt(message, 'not-to-schema') : message;
}

function parseCall(action: string, payload: unknown): ChargerMessage | null {
  switch (action) {
    case 'BootNotification': {
      const { vendorName, model, firmwareVersion } = SHAPES.BootNotification.parse(payload).chargingStation;
      return { kind: 'boot', vendor: vendorName, model, firmware: firmwareVersion ?? null };
    }
    case 'Heartbeat':
      return { kind: 'heartbeat' };
    case 'StatusNotification': {
      const { evseId, connectorStatus } = SHAPES.StatusNotification.parse(payload);
      return statusOf(evseId, connectorStatus);
    }
    case 'Authorize':
      return parseAuthorize(payload);
    case 'TransactionEvent':
      return parseTransactionEvent(payload);
    case 'MeterValues':
      return parseMeterValues(payload);
    case 'NotifyEvent':
      return { kind: 'notice', action, statuses: statusesOf(payload) };
    case 'DataTransfer':
      return { kind: 'data-transfer', vendorId: SHAPES.DataTransfer.parse(payload).vendorId };
    case 'VatNumberValidation':
    case 'GetCertificateChainStatus':
      return { kind: 'notice', action, asked: present(SHAPES[action].parse(payload)) };
    default:
      return KNOWN_21.has(action) ? { kind: 'notice', action } : null;
  }
}

/** ConnectorStatusEnumType in the words of 1.6: Occupied is at least Preparing. A connector is named by its EVSE. */
function statusOf(evseId: number, connectorStatus: string): StatusMessage {
  const connectorId = withinInt4(evseId) ?? 0;
  const isOccupied = connectorStatus === 'Occupied';
  return {
    kind: 'status',
    connectorId,
    status: isOccupied ? 'Preparing' : connectorStatus,
    errorCode: connectorStatus === 'Faulted' ? 'OtherError' : 'NoError',
    ...(isOccupied ? { isVague: true } : {}),
  };
}

const CONNECTOR_STATUSES = new Set(['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted']);

/** 2.1 tells the states of connectors by NotifyEvent too: the variable AvailabilityState of the component Connector. */
function statusesOf(payload: unknown): StatusMessage[] {
  return SHAPES.NotifyEvent.parse(payload).eventData.flatMap(({ component, variable, actualValue }) => {
    const isState = component.name === 'Connector' && variable.name === 'AvailabilityState';
    const { evse } = component;
    if (!isState || evse === undefined || !CONNECTOR_STATUSES.has(actualValue)) return [];
    return [statusOf(evse.id, actualValue)];
  });
}

function parseAuthorize(payload: unknown): ChargerMessage {
  const { idToken, certificate, iso15118CertificateHashData } = SHAPES.Authorize.parse(payload);
  const hasCertificate = certificate !== undefined || iso15118CertificateHashData !== undefined;
  const { idToken: idTag, type } = idToken;
  return { kind: 'authorize', idTag, ...moreTagsOf(idToken), tokenKind: tokenKindOf(type), hasCertificate };
}

/** Meter values outside transactions. */
function parseMeterValues(payload: unknown): ChargerMessage {
  const { evseId, meterValue } = SHAPES.MeterValues.parse(payload);
  const connectorId = withinInt4(evseId);
  const { samples, doubts } = parseSamples201(meterValue);
  return {
    kind: 'meter-values',
    connectorId: connectorId ?? 0,
    transactionId: null,
    samples,
    doubts: connectorId === null ? joined(doubts, 'value-out-of-range') : doubts,
  };
}
