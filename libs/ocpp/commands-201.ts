import type { ChargingProfile, InstalledUse, ProfilePurpose, Variable } from './command-parts.js';
import type { Call, Command, CommandKind, CommandOf, Trigger } from './commands.js';
import { present } from './present.js';
import { placeOf } from './standard-variables.js';

type Words = { readonly [K in CommandKind]: (command: CommandOf<K>, number: number) => Call };
type Fields = Record<string, unknown>;

const call = (action: string, fields: Fields = {}): Call => ({ action, payload: present(fields) });
const no = (unsupported: string): Call => ({ unsupported });

const PURPOSES: Readonly<Record<ProfilePurpose, string>> = {
  'charger-max': 'ChargingStationMaxProfile',
  'tx-default': 'TxDefaultProfile',
  tx: 'TxProfile',
  external: 'ChargingStationExternalConstraints',
};
const CERTIFICATES: Readonly<Record<InstalledUse, string>> = {
  'csms-root': 'CSMSRootCertificate',
  'manufacturer-root': 'ManufacturerRootCertificate',
  'v2g-root': 'V2GRootCertificate',
  'mo-root': 'MORootCertificate',
  'v2g-chain': 'V2GCertificateChain',
};
const TRIGGERS: Readonly<Record<Trigger, string | null>> = {
  boot: 'BootNotification',
  heartbeat: 'Heartbeat',
  'meter-values': 'MeterValues',
  status: 'StatusNotification',
  transaction: 'TransactionEvent',
  'firmware-status': 'FirmwareStatusNotification',
  'diagnostics-status': null,
  'log-status': 'LogStatusNotification',
  'sign-charger-certificate': 'SignChargingStationCertificate',
  'sign-v2g-certificate': 'SignV2GCertificate',
  'sign-combined-certificate': 'SignCombinedCertificate',
  'publish-firmware-status': 'PublishFirmwareStatusNotification',
};
const BASES = { configuration: 'ConfigurationInventory', full: 'FullInventory', summary: 'SummaryInventory' } as const;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const tokenOf = (idToken: string, type = 'ISO14443'): Fields => ({ idToken, type });
const groupOf = (group: string | undefined): Fields | undefined =>
  group === undefined ? undefined : tokenOf(group, 'Central');
const evseOf = (id: number | undefined, connectorId?: number): Fields | undefined =>
  id === undefined ? undefined : present({ id, connectorId });

/** Names of transactions: null is one of 1.6. */
const nameOf = (transaction: number | string | undefined): string | undefined | null =>
  typeof transaction === 'number' ? null : transaction;

/** Component and variable; null when only the key of 1.6 was told and no component is known for it. */
function placed(variable: Variable): { component: Fields; variable: Fields } | null {
  const place = placeOf(variable);
  if (place === null) return null;
  const { component, componentInstance, connectorId, name, instance } = place;
  return {
    component: present({ name: component, instance: componentInstance, evse: evseOf(connectorId) }),
    variable: present({ name, instance }),
  };
}

function allPlaced<T extends Variable>(
  variables: readonly T[],
  fields: (variable: T) => Fields = () => ({}),
): Fields[] | null {
  const all = variables.map((variable) => {
    const place = placed(variable);
    return place === null ? null : present({ ...fields(variable), ...place });
  });
  return all.includes(null) ? null : (all as Fields[]);
}

function profileOf(profile: ChargingProfile): Fields | null {
  const { schedule } = profile;
  const transactionId = nameOf(profile.transaction);
  if (transactionId === null) return null;
  return present({
    id: profile.id,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: PURPOSES[profile.purpose],
    chargingProfileKind: capital(profile.kind),
    recurrencyKind: profile.recurrency === undefined ? undefined : capital(profile.recurrency),
    validFrom: profile.validFrom,
    validTo: profile.validTo,
    transactionId,
    chargingSchedule: [
      present({
        id: profile.id,
        startSchedule: schedule.startAt,
        duration: schedule.durationS,
        chargingRateUnit: schedule.unit,
        minChargingRate: schedule.minRate,
        chargingSchedulePeriod: schedule.periods.map(({ startS, limit, phases, phaseToUse }) =>
          present({ startPeriod: startS, limit, numberPhases: phases, phaseToUse }),
        ),
      }),
    ],
  });
}

type Logged = Pick<CommandOf<'get-log'>, 'location' | 'from' | 'until' | 'retries' | 'retryIntervalS'>;

const logOf = (logType: string, { location, from, until, retries, retryIntervalS }: Logged, number: number): Call =>
  call('GetLog', {
    log: present({ remoteLocation: location, oldestTimestamp: from, latestTimestamp: until }),
    logType,
    requestId: number,
    retries,
    retryInterval: retryIntervalS,
  });

const WORDS: Words = {
  'remote-start': ({ token, tokenType, groupToken, connectorId, profile }, number) => {
    const chargingProfile = profile === undefined ? undefined : profileOf(profile);
    if (chargingProfile === null) return no('transaction-of-other-version');
    return call('RequestStartTransaction', {
      evseId: connectorId,
      idToken: tokenOf(token, tokenType),
      groupIdToken: groupOf(groupToken),
      remoteStartId: number,
      chargingProfile,
    });
  },
  'remote-stop': ({ transaction }) =>
    typeof transaction === 'string'
      ? call('RequestStopTransaction', { transactionId: transaction })
      : no('transaction-of-other-version'),
  reset: ({ mode, connectorId }) =>
    call('Reset', { type: mode === 'immediate' ? 'Immediate' : 'OnIdle', evseId: connectorId }),
  unlock: ({ connectorId, plug = 1 }) => call('UnlockConnector', { evseId: connectorId, connectorId: plug }),
  'change-availability': ({ connectorId, plug, available }) =>
    connectorId === undefined && plug !== undefined
      ? no('connector-needed') // of the whole charger it would be far more than was meant
      : call('ChangeAvailability', {
          evse: evseOf(connectorId, plug),
          operationalStatus: available ? 'Operative' : 'Inoperative',
        }),
  'get-variables': ({ variables }) => {
    if (variables.length === 0) return no('names-needed');
    const getVariableData = allPlaced(variables, ({ attribute }) => ({ attributeType: attribute }));
    return getVariableData === null ? no('component-needed') : call('GetVariables', { getVariableData });
  },
  'set-variables': ({ variables }) => {
    const setVariableData = allPlaced(variables, ({ attribute, value }) => ({
      attributeType: attribute,
      attributeValue: value,
    }));
    return setVariableData === null ? no('component-needed') : call('SetVariables', { setVariableData });
  },
  'clear-cache': () => call('ClearCache'),
  'data-transfer': ({ vendorId, messageId, data }) => call('DataTransfer', { vendorId, messageId, data }),
  'trigger-message': ({ message, connectorId, plug }) => {
    const requestedMessage = TRIGGERS[message];
    if (requestedMessage === null) return no('not-in-version');
    // F06.FR.12: a status is of one connector, and a station refuses to tell it of an EVSE or of none.
    const isOfPlug = message === 'status';
    const evse = isOfPlug ? evseOf(connectorId ?? 1, plug ?? 1) : evseOf(connectorId);
    return call('TriggerMessage', { requestedMessage, evse });
  },
  reserve: ({ token, tokenType, groupToken, reservationId, connectorId, expiresAt }) =>
    call('ReserveNow', {
      id: reservationId,
      expiryDateTime: expiresAt,
      idToken: tokenOf(token, tokenType),
      evseId: connectorId,
      groupIdToken: groupOf(groupToken),
    }),
  'cancel-reservation': ({ reservationId }) => call('CancelReservation', { reservationId }),
  'send-local-list': ({ version, update, entries }) => {
    const localAuthorizationList = entries.map(({ token, tokenType, groupToken, status, expiresAt }) =>
      present({
        idToken: tokenOf(token, tokenType),
        idTokenInfo:
          status === undefined
            ? undefined
            : present({ status, cacheExpiryDateTime: expiresAt, groupIdToken: groupOf(groupToken) }),
      }),
    );
    // The schema wants at least one entry: an empty list is said by saying none.
    const list = localAuthorizationList.length === 0 ? undefined : localAuthorizationList;
    return call('SendLocalList', {
      versionNumber: version,
      updateType: capital(update),
      localAuthorizationList: list,
    });
  },
  'get-local-list-version': () => call('GetLocalListVersion'),
  'set-charging-profile': ({ connectorId, profile }) => {
    const chargingProfile = profileOf(profile);
    return chargingProfile === null
      ? no('transaction-of-other-version')
      : call('SetChargingProfile', { evseId: connectorId, chargingProfile });
  },
  'clear-charging-profile': ({ id, connectorId, purpose, stackLevel }) => {
    const criteria = present({
      evseId: connectorId,
      chargingProfilePurpose: purpose === undefined ? undefined : PURPOSES[purpose],
      stackLevel,
    });
    return call('ClearChargingProfile', {
      chargingProfileId: id,
      chargingProfileCriteria: Object.keys(criteria).length === 0 ? undefined : criteria,
    });
  },
  'get-charging-profiles': ({ connectorId, ids, purpose, stackLevel }, number) =>
    call('GetChargingProfiles', {
      requestId: number,
      evseId: connectorId,
      chargingProfile: present({
        chargingProfilePurpose: purpose === undefined ? undefined : PURPOSES[purpose],
        stackLevel,
        chargingProfileId: ids,
      }),
    }),
  'get-composite-schedule': ({ connectorId, durationS, unit }) =>
    call('GetCompositeSchedule', { evseId: connectorId, duration: durationS, chargingRateUnit: unit }),
  'update-firmware': (command, number) => {
    const { location, retrieveAt, installAt, signingCertificate, signature, retries, retryIntervalS } = command;
    if ((signingCertificate === undefined) !== (signature === undefined)) return no('half-signed');
    const firmware = present({
      location,
      retrieveDateTime: retrieveAt,
      installDateTime: installAt,
      signingCertificate,
      signature,
    });
    return call('UpdateFirmware', { retries, retryInterval: retryIntervalS, requestId: number, firmware });
  },
  'publish-firmware': ({ location, retries, retryIntervalS, checksum }, number) =>
    call('PublishFirmware', { location, retries, checksum, requestId: number, retryInterval: retryIntervalS }),
  'unpublish-firmware': ({ checksum }) => call('UnpublishFirmware', { checksum }),
  'get-diagnostics': (command, number) => logOf('DiagnosticsLog', command, number),
  'get-log': (command, number) => logOf(command.log === 'security' ? 'SecurityLog' : 'DiagnosticsLog', command, number),
  'certificate-signed': ({ chain, use }) =>
    call('CertificateSigned', {
      certificateChain: chain,
      certificateType: use === undefined ? undefined : use === 'v2g' ? 'V2GCertificate' : 'ChargingStationCertificate',
    }),
  'install-certificate': ({ use, certificate }) =>
    call('InstallCertificate', { certificateType: CERTIFICATES[use], certificate }),
  'delete-certificate': ({ certificate }) => call('DeleteCertificate', { certificateHashData: certificate }),
  'get-certificates': ({ uses }) =>
    call('GetInstalledCertificateIds', { certificateType: uses?.map((use) => CERTIFICATES[use]) }),
  'get-transaction-status': ({ transaction }) => {
    const transactionId = nameOf(transaction);
    return transactionId === null
      ? no('transaction-of-other-version')
      : call('GetTransactionStatus', { transactionId });
  },
  'get-base-report': ({ base }, number) => call('GetBaseReport', { requestId: number, reportBase: BASES[base] }),
  'get-report': ({ variables, criteria }, number) => {
    const componentVariable = variables === undefined ? undefined : allPlaced(variables);
    return componentVariable === null
      ? no('component-needed')
      : call('GetReport', { componentVariable, requestId: number, componentCriteria: criteria });
  },
  'set-monitoring-base': ({ base }) => call('SetMonitoringBase', { monitoringBase: base }),
  'set-monitoring-level': ({ severity }) => call('SetMonitoringLevel', { severity }),
  'set-variable-monitoring': ({ monitors }) => {
    const setMonitoringData = allPlaced(monitors, ({ id, isTransactional, value, type, severity }) => ({
      id,
      transaction: isTransactional,
      value,
      type,
      severity,
    }));
    return setMonitoringData === null ? no('component-needed') : call('SetVariableMonitoring', { setMonitoringData });
  },
  'get-monitoring-report': ({ variables, criteria }, number) => {
    const componentVariable = variables === undefined ? undefined : allPlaced(variables);
    return componentVariable === null
      ? no('component-needed')
      : call('GetMonitoringReport', { componentVariable, requestId: number, monitoringCriteria: criteria });
  },
  'clear-variable-monitoring': ({ ids }) => call('ClearVariableMonitoring', { id: ids }),
  'set-network-profile': ({ slot, connection }) =>
    call('SetNetworkProfile', { configurationSlot: slot, connectionData: present(connection) }),
  'set-display-message': ({ message }) => {
    const transactionId = nameOf(message.transaction);
    if (transactionId === null) return no('transaction-of-other-version');
    const { id, priority, state, from, until, format, language, text } = message;
    return call('SetDisplayMessage', {
      message: present({
        id,
        priority,
        state,
        startDateTime: from,
        endDateTime: until,
        transactionId,
        message: present({ format, language, content: text }),
      }),
    });
  },
  'get-display-messages': ({ ids, priority, state }, number) =>
    call('GetDisplayMessages', { id: ids, requestId: number, priority, state }),
  'clear-display-message': ({ id }) => call('ClearDisplayMessage', { id }),
  'cost-updated': ({ transaction, totalCents }) =>
    typeof transaction === 'string'
      ? call('CostUpdated', { totalCost: totalCents / 100, transactionId: transaction })
      : no('transaction-of-other-version'),
  'customer-information': ({ token, tokenType, customerIdentifier, certificate, report, clear }, number) =>
    call('CustomerInformation', {
      customerCertificate: certificate,
      idToken: token === undefined ? undefined : tokenOf(token, tokenType),
      requestId: number,
      report,
      clear,
      customerIdentifier,
    }),
};

/**
 * A command as OCPP 2.0.1 asks it, or why it cannot. `number` is the command's own, by which later messages name it
 * (requestId, remoteStartId).
 */
export function callOf201(command: Command, number: number): Call {
  return (WORDS[command.kind] as (command: Command, number: number) => Call)(command, number);
}
