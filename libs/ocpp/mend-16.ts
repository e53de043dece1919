import { scaleDecimal } from './decimal.js';
import { mendNotice } from './mend-notice.js';
import { bootWords, fieldsOf, meterValues, shortName, text, told, unitOf, whole, wordOf, type Fields } from './mend.js';

/**
 * A call that breaks the schema, in words that can be read: a field too many, null or missing, a text too long, a number
 * as text or with decimals, an unknown unit, reason or error code. What is not used is left to the raw message. Neither
 * energy nor a charger is lost over a dialect. Null when what the call is about cannot be read: then it is refused as the
 * schema says.
 */
export function mend16(action: string, payload: unknown): Record<string, unknown> | null {
  const fields = fieldsOf(payload);
  if (fields === null) return null;
  switch (action) {
    case 'BootNotification':
      return mendBoot(fields);
    case 'Heartbeat':
      return {};
    case 'StatusNotification':
      return mendStatus(fields);
    case 'Authorize':
      return whole({ idTag: text(fields['idTag']) });
    case 'StartTransaction':
      return mendStart(fields);
    case 'StopTransaction':
      return mendStop(fields);
    case 'MeterValues':
      return mendMeterValues(fields);
    case 'DataTransfer':
      return whole({ vendorId: text(fields['vendorId']) });
    default:
      return mendNotice(action, fields);
  }
}

function mendBoot(payload: Fields): Record<string, unknown> | null {
  const named = bootWords(payload['chargePointVendor'], payload['chargePointModel']);
  if (named === null) return null;
  const { vendor: chargePointVendor, model: chargePointModel } = named;
  return {
    chargePointVendor,
    chargePointModel,
    ...told('firmwareVersion', shortName(payload['firmwareVersion'])),
  };
}

const STATUSES = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
];
const ERROR_CODES = [
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'LocalListConflict',
  'NoError',
  'OtherError',
  'OverCurrentFailure',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'OverVoltage',
  'WeakSignal',
];

function mendStatus(payload: Fields): Record<string, unknown> | null {
  const status = wordOf(STATUSES, payload['status']);
  const isNoErrorTold = (text(payload['errorCode']) ?? '') === '' && status !== 'Faulted';
  const errorCode = wordOf(ERROR_CODES, payload['errorCode']) ?? (isNoErrorTold ? 'NoError' : 'OtherError');
  return whole({ connectorId: id(payload['connectorId']), status, errorCode });
}

/** Without a card energy flows all the same: chargers that are free for all tell none. */
function mendStart(payload: Fields): Record<string, unknown> | null {
  return whole({
    connectorId: id(payload['connectorId']),
    idTag: text(payload['idTag']) ?? '',
    meterStart: wattHours(payload['meterStart']),
    timestamp: text(payload['timestamp']),
  });
}

/** What stands for a number that was not told: beyond any register, so that it counts as none. */
const UNTOLD_WH = Number.MAX_SAFE_INTEGER;
/** No transaction of ours: the one that ran at that time is looked for. */
const UNTOLD_ID = -1;

function mendStop(payload: Fields): Record<string, unknown> | null {
  const transactionData = meterValues(payload['transactionData'], sampledValueOf);
  const needed = whole({
    transactionId: id(payload['transactionId']) ?? UNTOLD_ID,
    meterStop: wattHours(payload['meterStop']) ?? (transactionData.length === 0 ? null : UNTOLD_WH),
    timestamp: text(payload['timestamp']),
  });
  if (needed === null) return null;
  return {
    ...needed,
    ...told('reason', text(payload['reason'])),
    ...told('idTag', text(payload['idTag'])),
    transactionData,
  };
}

/** A transaction that is named says where it runs. */
function mendMeterValues(payload: Fields): Record<string, unknown> | null {
  const transactionId = id(payload['transactionId']);
  const connectorId = id(payload['connectorId']) ?? (transactionId === null ? null : 0);
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
