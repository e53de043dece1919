import { scaleDecimal } from './decimal.js';
import { isFields, meterValues, text, told, unitOf, whole, type Fields } from './mend.js';

/**
 * A TransactionEvent or MeterValues that breaks the schema, in words that can be read: a field too many or too few, a
 * text too long, a number as text, an unknown trigger, state or reason. Neither the energy nor the beginning and end of a
 * session are lost over a charger's dialect. Null when it does not say which transaction, what kind of event and when, or
 * (MeterValues) has no value: then the call is refused as the schema says.
 */
export function mend201(action: string, payload: unknown): Record<string, unknown> | null {
  if (!isFields(payload)) return null;
  if (action === 'TransactionEvent') return mendEvent(payload);
  if (action !== 'MeterValues') return null;
  const evseId = integer(payload['evseId']);
  const meterValue = meterValues(payload['meterValue'], sampledValueOf);
  return evseId === null || meterValue.length === 0 ? null : { evseId, meterValue };
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
  return whole({ idToken: text(value['idToken']), type: text(value['type']) ?? '' });
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
