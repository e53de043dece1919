import { isAllowed } from './charger-password.js';
import type { ChargingProfile, InstalledUse, ProfilePurpose } from './command-parts.js';
import type { Call, Command, CommandKind, CommandOf, Trigger } from './commands.js';
import { present } from './present.js';
import { keyOf } from './standard-variables.js';

/** CiString20Type: 1.6 has no longer idTag. */
const LONGEST_TAG = 20;
const LONGEST_KEY_VALUE = 500;

type Words = { readonly [K in CommandKind]: (command: CommandOf<K>, number: number) => Call };

const call = (action: string, fields: Record<string, unknown> = {}): Call => ({ action, payload: present(fields) });
const no = (unsupported: string): Call => ({ unsupported });
const notHere = (): Call => no('not-in-version');

const PURPOSES: Readonly<Record<ProfilePurpose, string | null>> = {
  'charger-max': 'ChargePointMaxProfile',
  'tx-default': 'TxDefaultProfile',
  tx: 'TxProfile',
  external: null,
};
const CERTIFICATES: Readonly<Record<InstalledUse, string | null>> = {
  'csms-root': 'CentralSystemRootCertificate',
  'manufacturer-root': 'ManufacturerRootCertificate',
  'v2g-root': null,
  'mo-root': null,
  'v2g-chain': null,
};
/** What both ways of asking know. */
const COMMON_TRIGGERS: Readonly<Partial<Record<Trigger, string>>> = {
  boot: 'BootNotification',
  heartbeat: 'Heartbeat',
  'meter-values': 'MeterValues',
  status: 'StatusNotification',
  'firmware-status': 'FirmwareStatusNotification',
};
const TRIGGERS: Readonly<Partial<Record<Trigger, string>>> = {
  ...COMMON_TRIGGERS,
  'diagnostics-status': 'DiagnosticsStatusNotification',
};
/** Of the security extension. */
const EXTENDED: Readonly<Partial<Record<Trigger, string>>> = {
  ...COMMON_TRIGGERS,
  'log-status': 'LogStatusNotification',
  'sign-charger-certificate': 'SignChargePointCertificate',
};

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const isTooLong = (tag: string | undefined): boolean => tag !== undefined && tag.length > LONGEST_TAG;

/** A profile in 1.6's words; its refusal when 1.6 has none for it. */
function profileOf(profile: ChargingProfile): Record<string, unknown> | string {
  const purpose = PURPOSES[profile.purpose];
  if (purpose === null) return 'purpose-not-in-version';
  const { schedule, transaction } = profile;
  if (typeof transaction === 'string') return 'transaction-of-other-version';
  if (schedule.periods.some(({ phaseToUse }) => phaseToUse !== undefined)) return 'phase-not-in-version';
  return present({
    chargingProfileId: profile.id,
    transactionId: transaction,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: purpose,
    chargingProfileKind: capital(profile.kind),
    recurrencyKind: profile.recurrency === undefined ? undefined : capital(profile.recurrency),
    validFrom: profile.validFrom,
    validTo: profile.validTo,
    chargingSchedule: present({
      duration: schedule.durationS,
      startSchedule: schedule.startAt,
      chargingRateUnit: schedule.unit,
      minChargingRate: schedule.minRate,
      chargingSchedulePeriod: schedule.periods.map(({ startS, limit, phases }) =>
        present({ startPeriod: startS, limit, numberPhases: phases }),
      ),
    }),
  });
}

const WORDS: Words = {
  'remote-start': ({ token, connectorId, profile }) => {
    if (isTooLong(token)) return no('token-too-long');
    const chargingProfile = profile === undefined ? undefined : profileOf(profile);
    if (typeof chargingProfile === 'string') return no(chargingProfile);
    return call('RemoteStartTransaction', { connectorId, idTag: token, chargingProfile });
  },
  'remote-stop': ({ transaction }) =>
    typeof transaction === 'number'
      ? call('RemoteStopTransaction', { transactionId: transaction })
      : no('transaction-of-other-version'),
  reset: ({ mode, connectorId }) =>
    connectorId === undefined
      ? call('Reset', { type: mode === 'immediate' ? 'Hard' : 'Soft' })
      : no('connector-not-in-version'),
  unlock: ({ connectorId }) => call('UnlockConnector', { connectorId }),
  'change-availability': ({ connectorId, plug, available }) =>
    connectorId === undefined && plug !== undefined
      ? no('connector-needed')
      : call('ChangeAvailability', { connectorId: connectorId ?? 0, type: available ? 'Operative' : 'Inoperative' }),
  'get-variables': ({ variables }) => {
    if (variables.length === 0) return call('GetConfiguration');
    const keys = variables.map((variable) => keyOf(variable));
    return keys.includes(null) ? no('no-such-key') : call('GetConfiguration', { key: keys });
  },
  'set-variables': (command) => {
    const [first, second] = command.variables;
    if (first === undefined || second !== undefined) return no('one-variable-a-call');
    if (!isAllowed(command, 'ocpp1.6')) return no('password-not-hexadecimal');
    const key = keyOf(first);
    if (key === null) return no('no-such-key');
    return first.value.length > LONGEST_KEY_VALUE
      ? no('value-too-long')
      : call('ChangeConfiguration', { key, value: first.value });
  },
  'clear-cache': () => call('ClearCache'),
  'data-transfer': ({ vendorId, messageId, data }) =>
    call('DataTransfer', {
      vendorId,
      messageId,
      data: data === undefined || typeof data === 'string' ? data : JSON.stringify(data),
    }),
  'trigger-message': ({ message, connectorId, extended }) => {
    const plain = extended === true ? undefined : TRIGGERS[message];
    const requestedMessage = plain ?? EXTENDED[message];
    if (requestedMessage === undefined) return notHere();
    return call(plain === undefined ? 'ExtendedTriggerMessage' : 'TriggerMessage', { requestedMessage, connectorId });
  },
  reserve: ({ token, groupToken, reservationId, connectorId = 0, expiresAt }) =>
    isTooLong(token) || isTooLong(groupToken)
      ? no('token-too-long')
      : call('ReserveNow', {
          connectorId,
          expiryDate: expiresAt,
          idTag: token,
          parentIdTag: groupToken,
          reservationId,
        }),
  'cancel-reservation': ({ reservationId }) => call('CancelReservation', { reservationId }),
  'send-local-list': ({ version, update, entries }) => {
    if (entries.some(({ token, groupToken }) => isTooLong(token) || isTooLong(groupToken))) return no('token-too-long');
    const localAuthorizationList = entries.map(({ token, groupToken, status, expiresAt }) =>
      present({
        idTag: token,
        idTagInfo:
          status === undefined ? undefined : present({ status, expiryDate: expiresAt, parentIdTag: groupToken }),
      }),
    );
    return call('SendLocalList', { listVersion: version, updateType: capital(update), localAuthorizationList });
  },
  'get-local-list-version': () => call('GetLocalListVersion'),
  'set-charging-profile': ({ connectorId, profile }) => {
    const csChargingProfiles = profileOf(profile);
    return typeof csChargingProfiles === 'string'
      ? no(csChargingProfiles)
      : call('SetChargingProfile', { connectorId, csChargingProfiles });
  },
  'clear-charging-profile': ({ id, connectorId, purpose, stackLevel }) => {
    const chargingProfilePurpose = purpose === undefined ? undefined : PURPOSES[purpose];
    return chargingProfilePurpose === null
      ? no('purpose-not-in-version')
      : call('ClearChargingProfile', { id, connectorId, chargingProfilePurpose, stackLevel });
  },
  'get-charging-profiles': notHere,
  'get-composite-schedule': ({ connectorId, durationS, unit }) =>
    call('GetCompositeSchedule', { connectorId, duration: durationS, chargingRateUnit: unit }),
  'update-firmware': updateFirmware,
  'publish-firmware': notHere,
  'unpublish-firmware': notHere,
  'get-diagnostics': ({ location, retries, retryIntervalS, from, until }) =>
    call('GetDiagnostics', { location, retries, retryInterval: retryIntervalS, startTime: from, stopTime: until }),
  'get-log': ({ log, location, from, until, retries, retryIntervalS }, number) =>
    call('GetLog', {
      log: present({ remoteLocation: location, oldestTimestamp: from, latestTimestamp: until }),
      logType: log === 'security' ? 'SecurityLog' : 'DiagnosticsLog',
      requestId: number,
      retries,
      retryInterval: retryIntervalS,
    }),
  'certificate-signed': ({ chain, use }) =>
    use === 'v2g' ? notHere() : call('CertificateSigned', { certificateChain: chain }),
  'install-certificate': ({ use, certificate }) => {
    const certificateType = CERTIFICATES[use];
    return certificateType === null ? notHere() : call('InstallCertificate', { certificateType, certificate });
  },
  'delete-certificate': ({ certificate }) => call('DeleteCertificate', { certificateHashData: certificate }),
  'get-certificates': ({ uses = ['csms-root'] }) => {
    const [use, other] = uses;
    const certificateType = use === undefined ? null : CERTIFICATES[use];
    if (other !== undefined) return no('one-use-a-call');
    return certificateType === null ? notHere() : call('GetInstalledCertificateIds', { certificateType });
  },
  'get-transaction-status': notHere,
  'get-base-report': notHere,
  'get-report': notHere,
  'set-monitoring-base': notHere,
  'set-monitoring-level': notHere,
  'set-variable-monitoring': notHere,
  'get-monitoring-report': notHere,
  'clear-variable-monitoring': notHere,
  'set-network-profile': notHere,
  'set-display-message': notHere,
  'get-display-messages': notHere,
  'clear-display-message': notHere,
  'cost-updated': notHere,
  'customer-information': notHere,
};

/** Signed firmware is of the security extension; the plain call knows no later time of installing. */
function updateFirmware(command: CommandOf<'update-firmware'>, number: number): Call {
  const { location, retrieveAt, installAt, signingCertificate, signature, retries, retryIntervalS } = command;
  const again = { retries, retryInterval: retryIntervalS };
  if (signingCertificate !== undefined && signature !== undefined) {
    const firmware = present({
      location,
      retrieveDateTime: retrieveAt,
      installDateTime: installAt,
      signingCertificate,
      signature,
    });
    return call('SignedUpdateFirmware', { ...again, requestId: number, firmware });
  }
  if (signingCertificate !== undefined || signature !== undefined) return no('half-signed');
  if (installAt !== undefined) return no('install-time-not-in-version');
  return call('UpdateFirmware', { location, retrieveDate: retrieveAt, ...again });
}

/**
 * A command as OCPP 1.6J asks it, or why it cannot. `number` is the command's own, where the version wants one by which
 * later messages name it.
 */
export function callOf16(command: Command, number: number): Call {
  return (WORDS[command.kind] as (command: Command, number: number) => Call)(command, number);
}
