import type { Variable } from './command-parts.js';

interface Place {
  readonly component: string;
  readonly name: string;
  readonly instance?: string;
}

/**
 * Configuration keys of 1.6 and the variables of 2.0.1 that mean the same (OCPP 2.0.1 part 2, appendix 3; the security
 * white paper for the password). Whoever names one may use either name.
 */
const SAME: Readonly<Record<string, Place>> = {
  AllowOfflineTxForUnknownId: { component: 'AuthCtrlr', name: 'OfflineTxForUnknownIdEnabled' },
  AuthorizationCacheEnabled: { component: 'AuthCacheCtrlr', name: 'Enabled' },
  AuthorizationKey: { component: 'SecurityCtrlr', name: 'BasicAuthPassword' },
  AuthorizeRemoteTxRequests: { component: 'AuthCtrlr', name: 'AuthorizeRemoteStart' },
  ClockAlignedDataInterval: { component: 'AlignedDataCtrlr', name: 'Interval' },
  ConnectionTimeOut: { component: 'TxCtrlr', name: 'EVConnectionTimeOut' },
  HeartbeatInterval: { component: 'OCPPCommCtrlr', name: 'HeartbeatInterval' },
  LocalAuthListEnabled: { component: 'LocalAuthListCtrlr', name: 'Enabled' },
  LocalAuthListMaxLength: { component: 'LocalAuthListCtrlr', name: 'Entries' },
  LocalAuthorizeOffline: { component: 'AuthCtrlr', name: 'LocalAuthorizeOffline' },
  LocalPreAuthorize: { component: 'AuthCtrlr', name: 'LocalPreAuthorize' },
  MaxChargingProfilesInstalled: { component: 'SmartChargingCtrlr', name: 'Entries', instance: 'ChargingProfiles' },
  MeterValueSampleInterval: { component: 'SampledDataCtrlr', name: 'TxUpdatedInterval' },
  MeterValuesAlignedData: { component: 'AlignedDataCtrlr', name: 'Measurands' },
  MeterValuesSampledData: { component: 'SampledDataCtrlr', name: 'TxUpdatedMeasurands' },
  ResetRetries: { component: 'OCPPCommCtrlr', name: 'ResetRetries' },
  SendLocalListMaxLength: { component: 'LocalAuthListCtrlr', name: 'ItemsPerMessage' },
  StopTransactionOnEVSideDisconnect: { component: 'TxCtrlr', name: 'StopTxOnEVSideDisconnect' },
  StopTransactionOnInvalidId: { component: 'TxCtrlr', name: 'StopTxOnInvalidId' },
  StopTxnAlignedData: { component: 'AlignedDataCtrlr', name: 'TxEndedMeasurands' },
  StopTxnSampledData: { component: 'SampledDataCtrlr', name: 'TxEndedMeasurands' },
  TransactionMessageAttempts: {
    component: 'OCPPCommCtrlr',
    name: 'MessageAttempts',
    instance: 'TransactionEvent',
  },
  TransactionMessageRetryInterval: {
    component: 'OCPPCommCtrlr',
    name: 'MessageAttemptInterval',
    instance: 'TransactionEvent',
  },
  WebSocketPingInterval: { component: 'OCPPCommCtrlr', name: 'WebSocketPingInterval' },
};

/** The configuration key of 1.6; null for a variable that 1.6 has no key for. */
export function keyOf({ name, component, instance }: Variable): string | null {
  if (component === undefined) return name;
  const found = Object.entries(SAME).find(
    ([, place]) => place.component === component && place.name === name && place.instance === instance,
  );
  return found?.[0] ?? null;
}

/** Component and variable of 2.x; null for a key that no component is known for. */
export function placeOf(variable: Variable): Variable | null {
  if (variable.component !== undefined) return variable;
  const place = Object.hasOwn(SAME, variable.name) ? SAME[variable.name] : undefined;
  return place === undefined ? null : { ...variable, ...place };
}

/** The name by which both versions are spoken of here: 1.6's key where there is one, else `Component.Variable`. */
export function commonName(variable: Variable): string {
  const key = keyOf(variable);
  if (key !== null) return key;
  const { component = '', name, instance } = variable;
  return `${component}.${name}${instance === undefined ? '' : `[${instance}]`}`;
}

const COMMON_NAME = /^(?<component>[^.[]+)\.(?<name>[^[]+)(?:\[(?<instance>.+)\])?$/;

/** What {@link commonName} names. */
export function variableOf(common: string): Variable {
  const { component, name = common, instance } = COMMON_NAME.exec(common)?.groups ?? {};
  return {
    name,
    ...(component === undefined ? {} : { component }),
    ...(instance === undefined ? {} : { instance }),
  };
}

/** The password with which a charger signs in, in lower case: chargers do not tell upper from lower in names. */
const PASSWORD = new Set(['authorizationkey', 'basicauthpassword']);
const bareName = (variable: Variable): string => variableOf(commonName(variable)).name.toLowerCase();

/** Whether this is the password with which the charger signs in. */
export const isPassword = (variable: Variable): boolean => PASSWORD.has(bareName(variable));

/** Whether the value is nobody's to read: the charger's password, or what a maker names so. */
export const isSecret = (variable: Variable): boolean =>
  isPassword(variable) || /password|passphrase|secret/.test(bareName(variable));
