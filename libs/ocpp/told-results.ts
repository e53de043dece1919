import { z } from 'zod';

import { INSTALLED_USES, RATE_UNITS, type InstalledUse } from './command-parts.js';

/** What a charger intends to give at a connector from now on, in the words of a charging profile's schedule. */
export const toldScheduleSchema = z.object({
  /** 0: the charger as a whole; null: it does not say. */
  connectorId: z.int().nullable(),
  /** ISO 8601; null: it does not say, and it begins when it was told. */
  startAt: z.string().nullable(),
  durationS: z.int().nullable(),
  /** Of each limit. */
  unit: z.enum(RATE_UNITS),
  minRate: z.number().nullable(),
  periods: z.array(
    z.object({
      /** Seconds after `startAt`. */
      startS: z.int(),
      /** Null: 2.1, none but what else the period says. */
      limit: z.number().nullable(),
      phases: z.int().nullable(),
      phaseToUse: z.int().nullable(),
    }),
  ),
});
export type ToldSchedule = z.infer<typeof toldScheduleSchema>;

/** As a charger told it: longer than the standard has it is no reason to lose the answer. */
const hash = z.object({
  hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
  issuerNameHash: z.string(),
  issuerKeyHash: z.string(),
  serialNumber: z.string(),
});
/** A certificate that is installed. */
export const toldCertificateSchema = z.object({
  /** Null where the version tells none: of 1.6 it is the one that was asked for. */
  use: z.enum(INSTALLED_USES).nullable(),
  certificate: hash,
  /** Those below it in its chain. */
  children: z.array(hash),
});
export type ToldCertificate = z.infer<typeof toldCertificateSchema>;

const period = z.object({
  startPeriod: z.int(),
  limit: z.number().optional(),
  numberPhases: z.int().optional(),
  phaseToUse: z.int().optional(),
});
const limits = {
  duration: z.int().optional(),
  chargingRateUnit: z.enum(RATE_UNITS),
  chargingSchedulePeriod: z.array(period),
};
/** 1.6 has connector and beginning beside the schedule, 2.x within it. */
const composite = z.object({
  connectorId: z.int().optional(),
  scheduleStart: z.string().optional(),
  chargingSchedule: z
    .object({ ...limits, startSchedule: z.string().optional(), minChargingRate: z.number().optional() })
    .optional(),
  schedule: z.object({ ...limits, evseId: z.int().optional(), scheduleStart: z.string().optional() }).optional(),
});
const installed = z.object({
  certificateHashData: z.array(hash).default([]),
  certificateHashDataChain: z
    .array(
      z.object({
        certificateType: z.string(),
        certificateHashData: hash,
        childCertificateHashData: z.array(hash).default([]),
      }),
    )
    .default([]),
});

/** OCPP's words for what a certificate is good for, 1.6's and 2.x's alike. */
const USES: Readonly<Record<string, InstalledUse>> = {
  CentralSystemRootCertificate: 'csms-root',
  CSMSRootCertificate: 'csms-root',
  ManufacturerRootCertificate: 'manufacturer-root',
  V2GRootCertificate: 'v2g-root',
  MORootCertificate: 'mo-root',
  V2GCertificateChain: 'v2g-chain',
};

/** Of GetCompositeSchedule; null when the charger told none. */
export function scheduleOf(response: unknown): ToldSchedule | null {
  const { connectorId, scheduleStart, chargingSchedule: of16, schedule: of201 } = composite.parse(response);
  const told = of16 ?? of201;
  if (told === undefined) return null;
  return {
    connectorId: connectorId ?? of201?.evseId ?? null,
    startAt: scheduleStart ?? of16?.startSchedule ?? of201?.scheduleStart ?? null,
    durationS: told.duration ?? null,
    unit: told.chargingRateUnit,
    minRate: of16?.minChargingRate ?? null,
    periods: told.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases, phaseToUse }) => ({
      startS: startPeriod,
      limit: limit ?? null,
      phases: numberPhases ?? null,
      phaseToUse: phaseToUse ?? null,
    })),
  };
}

/** Of GetInstalledCertificateIds. */
export function certificatesOf(response: unknown): ToldCertificate[] {
  const { certificateHashData, certificateHashDataChain } = installed.parse(response);
  return [
    ...certificateHashData.map((certificate) => ({ use: null, certificate, children: [] })),
    ...certificateHashDataChain.map((told) => ({
      use: USES[told.certificateType] ?? null,
      certificate: told.certificateHashData,
      children: told.childCertificateHashData,
    })),
  ];
}

/** Of GetLog and GetDiagnostics: the file that it sends; null when it has none. */
export function fileNameOf(response: unknown): string | null {
  const { filename, fileName } = z
    .object({ filename: z.string().optional(), fileName: z.string().optional() })
    .parse(response);
  return filename ?? fileName ?? null;
}

/** Of GetTransactionStatus; `ongoing` is null when none was named, for which it says what waits alone. */
export function transactionStatusOf(response: unknown): {
  readonly ongoing: boolean | null;
  readonly messagesInQueue: boolean;
} {
  const { ongoingIndicator, messagesInQueue } = z
    .object({ ongoingIndicator: z.boolean().optional(), messagesInQueue: z.boolean() })
    .parse(response);
  return { ongoing: ongoingIndicator ?? null, messagesInQueue };
}
