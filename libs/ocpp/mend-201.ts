import { scaleDecimal } from './decimal.js';
import { mendNotice } from './mend-notice.js';
import {
  bootWords,
  fieldsOf,
  isFields,
  meterValues,
  shortName,
  text,
  told,
  unitOf,
  whole,
  wordOf,
  type Fields,
} from './mend.js';

/**
 * A call of 2.x that breaks the schema, in words that can be read: a field too many, null or missing, a text too long, a
 * number as text, an unknown trigger, state or reason. What is not used is left to the raw message. Neither energy, nor
 * the beginning and end of a session, nor a charger are lost over a dialect. Null when what the call is about cannot be
 * read (for a TransactionEvent: which transaction, what kind of event and when): then it is refused as the schema says.
 */
export function mend201(action: string, payload: unknown): Record<string, unknown> | null {
  const fields = fieldsOf(payload);
  if (fields === null) return null;
  switch (action) {
    case 'BootNotification':
      return mendBoot(fields['chargingStation']);
    case 'Heartbeat':
      return {};
    case 'StatusNotification':
      return whole({
        evseId: integer(fields['evseId']),
        connectorStatus: wordOf(CONNECTOR_STATUSES, fields['connectorStatus']),
      });
    case 'Authorize':
      return mendAuthorize(fields);
    case 'TransactionEvent':
      return mendEvent(fields);
    case 'MeterValues':
      return mendMeterValues(fields);
    case 'NotifyEvent':
      return mendNotifyEvent(fields);
    case 'DataTransfer':
      return whole({ vendorId: text(fields['vendorId']) });
    default:
      return mendNotice(action, fields);
  }
}

const CONNECTOR_STATUSES = ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'];

function mendBoot(station: unknown): Record<string, unknown> | null {
  if (!isFields(station)) return null;
  const named = bootWords(station['vendorName'], station['model']);
  if (named === null) return null;
  const { vendor: vendorName, model } = named;
  const firmware = told('firmwareVersion', shortName(station['firmwareVersion']));
  return { chargingStation: { vendorName, model, ...firmware } };
}

function mendAuthorize(payload: Fields): Record<string, unknown> | null {
  const { certificate, iso15118CertificateHashData: hashes } = payload;
  const token = idToken(payload['idToken']);
  if (token === null) return null;
  return {
    idToken: token,
    ...told('certificate', text(certificate)),
    ...(Array.isArray(hashes) ? { iso15118CertificateHashData: hashes } : {}),
  };
}

function mendMeterValues(payload: Fields): Record<string, unknown> | null {
  const evseId = integer(payload['evseId']);
  const meterValue = meterValues(payload['meterValue'], sampledValueOf);
  return evseId === null || meterValue.length === 0 ? null : { evseId, meterValue };
}

/** The events that say of what they speak. */
function mendNotifyEvent(payload: Fields): Record<string, unknown> | null {
  const list: readonly unknown[] = Array.isArray(payload['eventData']) ? payload['eventData'] : [];
  const eventData = list.filter(isFields).flatMap((one) => {
    const component = isFields(one['component']) ? one['component'] : {};
    const variable = isFields(one['variable']) ? one['variable'] : {};
    const names = whole({ component: text(component['name']), variable: text(variable['name']) });
    const actualValue = text(one['actualValue']);
    if (names === null || actualValue === null) return [];
    return [
      {
        actualValue,
        component: { name: names['component'], ...told('evse', evse(component['evse'])) },
        variable: { name: names['variable'] },
      },
    ];
  });
  return eventData.length === 0 ? null : { eventData };
}

function mendEvent(payload: Fields): Record<string, unknown> | null {
  const info = isFields(payload['transactionInfo']) ? payload['transactionInfo'] : {};
  const needed = whole({
    eventType: eventType(payload['eventType']),
    timestamp: text(payload['timestamp']),
    transactionId: filled(info['transactionId']),
  });
  if (needed === null) return null;
  const { eventType: type, timestamp, transactionId } = needed;
  return {
    eventType: type,
    timestamp,
    triggerReason: text(payload['triggerReason']) ?? '',
    seqNo: integer(payload['seqNo']) ?? UNCOUNTED,
    offline: payload['offline'] === true || payload['offline'] === 'true',
    transactionInfo: {
      transactionId,
      ...told('chargingState', text(info['chargingState'])),
      ...told('stoppedReason', text(info['stoppedReason'])),
      ...told('remoteStartId', integer(info['remoteStartId'])),
    },
    ...told('evse', evse(payload['evse'])),
    ...told('idToken', idToken(payload['idToken'])),
    meterValue: meterValues(payload['meterValue'], sampledValueOf),
  };
}

/** Beyond what can be a sequence number, so that it counts as none. */
const UNCOUNTED = Number.MAX_SAFE_INTEGER;

function eventType(value: unknown): string | null {
  return ['Started', 'Updated', 'Ended'].find((one) => one === value) ?? null;
}

function filled(value: unknown): string | null {
  const read = text(value);
  return read === '' ? null : read;
}

function evse(value: unknown): Record<string, unknown> | null {
  return isFields(value) ? whole({ id: integer(value['id']) }) : null;
}

/** Some chargers write the card as a text, or leave its kind out. */
function idToken(value: unknown): Record<string, unknown> | null {
  if (!isFields(value)) return typeof value === 'string' ? whole({ idToken: filled(value), type: '' }) : null;
  const token = whole({ idToken: text(value['idToken']), type: text(value['type']) ?? '' });
  return token === null ? null : { ...token, additionalInfo: additionalInfo(value['additionalInfo']) };
}

/** By what else the card may be known. */
function additionalInfo(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) return [];
  const read = list
    .filter(isFields)
    .map((one) => whole({ additionalIdToken: filled(one['additionalIdToken']), type: text(one['type']) ?? '' }));
  return read.filter((one) => one !== null);
}

function sampledValueOf(sampled: Fields): Record<string, unknown> | null {
  const value = text(sampled['value']);
  if (value === null) return null;
  const measure = isFields(sampled['unitOfMeasure']) ? sampled['unitOfMeasure'] : {};
  const words = ['context', 'measurand', 'phase', 'location'].map((name) => told(name, text(sampled[name])));
  const unitOfMeasure = {
    ...told('unit', unitOf(measure['unit'] ?? sampled['unit'])), // 1.6 writes it beside the value
    ...told('multiplier', integer(measure['multiplier'])),
  };
  return { value, ...Object.assign({}, ...words), unitOfMeasure };
}

function integer(value: unknown): number | null {
  const figure = text(value);
  const scaled = figure === null ? null : scaleDecimal(figure, 0);
  return scaled !== null && Number(value) === scaled ? scaled : null;
}
