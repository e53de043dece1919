import { scaleDecimal } from './decimal.js';
import { isFields, meterValues, text, told, unitOf, whole, type Fields } from './mend.js';

/**
 * A Start, Stop or MeterValues that breaks the schema, in the schema's own words: a field too many, a text too long,
 * a number as text or with decimals, an unknown unit or reason. Energy is not lost over a charger's dialect. Null
 * when a field that must be there is not, or its energy cannot be read: then the call is refused as the schema says.
 */
export function mend16(action: string, payload: unknown): Record<string, unknown> | null {
  if (!isFields(payload)) return null;
  switch (action) {
    case 'StartTransaction':
      return whole({
        connectorId: id(payload['connectorId']),
        idTag: text(payload['idTag']),
        meterStart: wattHours(payload['meterStart']),
        timestamp: text(payload['timestamp']),
      });
    case 'StopTransaction':
      return mendStop(payload);
    case 'MeterValues':
      return mendMeterValues(payload);
    default:
      return null;
  }
}

function mendStop(payload: Fields): Record<string, unknown> | null {
  const needed = whole({
    transactionId: id(payload['transactionId']),
    meterStop: wattHours(payload['meterStop']),
    timestamp: text(payload['timestamp']),
  });
  if (needed === null) return null;
  return {
    ...needed,
    ...told('reason', text(payload['reason'])),
    ...told('idTag', text(payload['idTag'])),
    transactionData: meterValues(payload['transactionData'], sampledValueOf),
  };
}

function mendMeterValues(payload: Fields): Record<string, unknown> | null {
  const connectorId = id(payload['connectorId']);
  const transactionId = id(payload['transactionId']);
  const meterValue = meterValues(payload['meterValue'], sampledValueOf);
  if (connectorId === null || meterValue.length === 0) return null;
  return { connectorId, ...told('transactionId', transactionId), meterValue };
}

function sampledValueOf(sampled: Fields): Record<string, unknown> | null {
  const value = text(sampled['value']);
  if (value === null) return null;
  return {
    value,
    ...Object.assign(
      {},
      ...['context', 'format', 'measurand', 'phase', 'location'].map((name) => told(name, text(sampled[name]))),
    ),
    ...told('unit', unitOf(sampled['unit'])),
  };
}

/** Whole Wh of a figure in Wh, however it is written. */
function wattHours(value: unknown): number | null {
  const figure = text(value);
  return figure === null ? null : scaleDecimal(figure, 0);
}

function id(value: unknown): number | null {
  const figure = wattHours(value);
  return figure !== null && Number(value) === figure ? figure : null;
}
