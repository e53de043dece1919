import { scaleDecimal } from './decimal.js';

type Fields = Readonly<Record<string, unknown>>;

/** Units as chargers also write them. */
const UNITS: Readonly<Record<string, string>> = { wh: 'Wh', kwh: 'kWh', w: 'W', kw: 'kW' };

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
    transactionData: meterValues(payload['transactionData']),
  };
}

function mendMeterValues(payload: Fields): Record<string, unknown> | null {
  const connectorId = id(payload['connectorId']);
  const transactionId = id(payload['transactionId']);
  const meterValue = meterValues(payload['meterValue']);
  if (connectorId === null || meterValue.length === 0) return null;
  return { connectorId, ...told('transactionId', transactionId), meterValue };
}

/** The elements with a time and a value; what else there is stays in the raw message. */
function meterValues(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isFields).flatMap((element) => {
    const timestamp = text(element['timestamp']);
    const values: readonly unknown[] = Array.isArray(element['sampledValue']) ? element['sampledValue'] : [];
    const sampledValue = values.filter(isFields).flatMap((value) => sampledValueOf(value) ?? []);
    return timestamp === null || sampledValue.length === 0 ? [] : [{ timestamp, sampledValue }];
  });
}

function sampledValueOf(sampled: Fields): Record<string, unknown> | null {
  const value = text(sampled['value']);
  if (value === null) return null;
  const unit = text(sampled['unit']);
  return {
    value,
    ...Object.assign(
      {},
      ...['context', 'format', 'measurand', 'phase', 'location'].map((name) => told(name, text(sampled[name]))),
    ),
    ...told('unit', unit === null ? null : (UNITS[unit.toLowerCase()] ?? unit)),
  };
}

/** The fields, unless one of them could not be read. */
function whole(fields: Record<string, unknown>): Record<string, unknown> | null {
  return Object.values(fields).includes(null) ? null : fields;
}

function told(name: string, value: unknown): Record<string, unknown> {
  return value === null ? {} : { [name]: value };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : null;
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
