import { z } from 'zod';

import type { CommandResult, ResultStatus } from './commands.js';
import { commonName } from './standard-variables.js';
import { certificatesOf, fileNameOf, scheduleOf, transactionStatusOf } from './told-results.js';

/** OCPP's own words for how it went, 1.6's and 2.x's alike. */
const STATUSES: Readonly<Record<string, ResultStatus>> = {
  Accepted: 'accepted',
  AcceptedCanceled: 'accepted-canceled',
  DownloadOngoing: 'download-ongoing',
  Duplicate: 'duplicate',
  EmptyResultSet: 'nothing-there',
  Failed: 'failed',
  Faulted: 'faulted',
  Invalid: 'invalid',
  InvalidCertificate: 'invalid-certificate',
  NoFirmware: 'not-found',
  NoProfiles: 'nothing-there',
  NotFound: 'not-found',
  NotImplemented: 'not-supported',
  NotSupported: 'not-supported',
  NotSupportedAttributeType: 'not-supported',
  NotSupportedMessageFormat: 'not-supported',
  NotSupportedPriority: 'not-supported',
  NotSupportedState: 'not-supported',
  Occupied: 'occupied',
  OngoingAuthorizedTransaction: 'charging',
  RebootRequired: 'reboot-required',
  Rejected: 'rejected',
  RevokedCertificate: 'invalid-certificate',
  Scheduled: 'scheduled',
  Unavailable: 'unavailable',
  Unknown: 'unknown',
  UnknownComponent: 'unknown-component',
  UnknownConnector: 'unknown-connector',
  UnknownMessageId: 'unknown-message',
  UnknownTransaction: 'unknown-transaction',
  UnknownVariable: 'unknown-variable',
  UnknownVendorId: 'unknown-vendor',
  Unlocked: 'unlocked',
  UnlockFailed: 'unlock-failed',
  Unpublished: 'accepted',
  UnsupportedMonitorType: 'not-supported',
  VersionMismatch: 'version-mismatch',
};

/** CALLERROR codes that say the charger does not do this at all. */
const NOT_DONE_HERE = new Set(['NotImplemented', 'NotSupported', 'MessageTypeNotSupported']);

/** One variable as a charger told it, by the name both versions share. */
export interface ToldVariable {
  readonly name: string;
  readonly status: ResultStatus;
  readonly value: string | null;
  readonly isReadonly?: boolean;
}

const named = z.object({ name: z.string(), instance: z.string().optional() });
const told201 = z.object({ attributeStatus: z.string(), component: named, variable: named });
const key16 = z.object({ key: z.string(), readonly: z.boolean(), value: z.string().optional() });
const reason = z.object({ statusInfo: z.object({ reasonCode: z.string(), additionalInfo: z.string().optional() }) });

const SHAPES = {
  GetConfiguration: z.object({
    configurationKey: z.array(key16).default([]),
    unknownKey: z.array(z.string()).default([]),
  }),
  GetVariables: z.object({ getVariableResult: z.array(told201.extend({ attributeValue: z.string().optional() })) }),
  SetVariables: z.object({ setVariableResult: z.array(told201) }),
  SetVariableMonitoring: z.object({
    setMonitoringResult: z.array(
      z.object({ status: z.string(), id: z.int().optional(), component: named, variable: named }),
    ),
  }),
  ClearVariableMonitoring: z.object({
    clearMonitoringResult: z.array(z.object({ status: z.string(), id: z.int() })),
  }),
} as const;

/**
 * What a charger's answer to a call came to, whatever its version: the status in one word, and what else it told. The
 * schema has judged the answer before; an answer that is none of the action's throws.
 */
export function resultOf(action: string, response: unknown): CommandResult {
  switch (action) {
    case 'GetConfiguration':
      return configurationOf(response);
    case 'GetVariables': {
      const { getVariableResult } = SHAPES.GetVariables.parse(response);
      return ofVariables(getVariableResult.map((told) => toldOf(told, told.attributeValue ?? null)));
    }
    case 'SetVariables': {
      const { setVariableResult } = SHAPES.SetVariables.parse(response);
      return ofVariables(setVariableResult.map((told) => toldOf(told, null)));
    }
    case 'SetVariableMonitoring': {
      const monitors = SHAPES.SetVariableMonitoring.parse(response).setMonitoringResult.map((one) => ({
        name: commonNameOf(one),
        status: statusOf(one.status),
        id: one.id ?? null,
      }));
      return { status: worst(monitors.map(({ status }) => status)), monitors };
    }
    case 'ClearVariableMonitoring': {
      const monitors = SHAPES.ClearVariableMonitoring.parse(response).clearMonitoringResult.map((one) => ({
        id: one.id,
        status: statusOf(one.status),
      }));
      return { status: worst(monitors.map(({ status }) => status)), monitors };
    }
    case 'GetLocalListVersion':
      return listVersionOf(
        z.object({ listVersion: z.int().optional(), versionNumber: z.int().optional() }).parse(response),
      );
    case 'GetDiagnostics': {
      const fileName = fileNameOf(response);
      return fileName === null ? { status: 'nothing-there' } : { status: 'accepted', fileName };
    }
    case 'GetLog':
      return { ...howItWent(response), fileName: fileNameOf(response) };
    case 'GetCompositeSchedule':
      return { ...howItWent(response), schedule: scheduleOf(response) };
    case 'GetInstalledCertificateIds':
      return { ...howItWent(response), certificates: certificatesOf(response) };
    case 'GetTransactionStatus':
      return { status: 'accepted', ...transactionStatusOf(response) };
    default:
      return plainResult(response);
  }
}

/** A CALLERROR, in the same words. */
export function resultOfError(code: string, description: string): CommandResult {
  return {
    status: NOT_DONE_HERE.has(code) ? 'not-supported' : 'call-error',
    code,
    description: description.slice(0, 300),
  };
}

/** An answer that breaks the schema, with what is wrong. */
export function resultOfMalformed(error: string): CommandResult {
  return { status: 'malformed-answer', error: error.slice(0, 300) };
}

function plainResult(response: unknown): CommandResult {
  const fields = z.record(z.string(), z.unknown()).parse(response);
  const { status: _status, statusInfo: _reason, customData: _custom, ...rest } = fields;
  return { ...rest, ...howItWent(response) };
}

/** The status, and the reason that 2.x may give for it. */
function howItWent(response: unknown): CommandResult {
  const { status } = z.object({ status: z.unknown().optional() }).parse(response);
  const because = reason.safeParse(response);
  return {
    ...(because.success ? { reason: because.data.statusInfo.reasonCode } : {}),
    // UpdateFirmware of 1.6 and CostUpdated say nothing but that they came.
    status: typeof status === 'string' ? statusOf(status) : 'accepted',
  };
}

function configurationOf(response: unknown): CommandResult {
  const { configurationKey, unknownKey } = SHAPES.GetConfiguration.parse(response);
  const known = configurationKey.map(({ key, value, readonly }): ToldVariable => ({
    name: key,
    status: 'accepted',
    value: value ?? null,
    isReadonly: readonly,
  }));
  const unknown = unknownKey.map((key): ToldVariable => ({ name: key, status: 'unknown-variable', value: null }));
  const status = known.length === 0 && unknown.length > 0 ? 'unknown-variable' : 'accepted';
  return { status, variables: [...known, ...unknown] };
}

function listVersionOf(told: {
  readonly listVersion?: number | undefined;
  readonly versionNumber?: number | undefined;
}): CommandResult {
  const version = told.listVersion ?? told.versionNumber ?? 0;
  // 1.6, 5.10: -1 is how a charger without local lists answers.
  return version < 0 ? { status: 'not-supported' } : { status: 'accepted', version };
}

const statusOf = (word: string): ResultStatus => STATUSES[word] ?? 'unknown';

interface Told {
  readonly component: { readonly name: string };
  readonly variable: { readonly name: string; readonly instance?: string | undefined };
}
const commonNameOf = ({ component, variable }: Told): string =>
  commonName({
    component: component.name,
    name: variable.name,
    ...(variable.instance === undefined ? {} : { instance: variable.instance }),
  });

const toldOf = (told: z.infer<typeof told201>, value: string | null): ToldVariable => ({
  name: commonNameOf(told),
  status: statusOf(told.attributeStatus),
  value,
});

function ofVariables(variables: readonly ToldVariable[]): CommandResult {
  return { status: worst(variables.map(({ status }) => status)), variables };
}

/** Of several: the first that was not done, else a reboot that is needed, else accepted. */
function worst(statuses: readonly ResultStatus[]): ResultStatus {
  const fine = new Set<ResultStatus>(['accepted', 'reboot-required']);
  return (
    statuses.find((status) => !fine.has(status)) ??
    (statuses.includes('reboot-required') ? 'reboot-required' : 'accepted')
  );
}
