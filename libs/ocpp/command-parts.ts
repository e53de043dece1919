import { z } from 'zod';

/** Parts that several commands share, in words of no OCPP version. */

export const instant = z.iso.datetime({ offset: true });
/** 1.6: the connector; 2.x: the EVSE. */
export const connectorId = z.int().min(1).max(65_535);
/** 2.x: the connector of an EVSE. 1.6 has nothing below its connector. */
export const plug = z.int().min(1);
export const positive = z.int().min(0).max(2_147_483_647);
/** How a charger downloads or uploads: where, how often it tries again, and the pause between. */
export const transfer = {
  location: z.url().max(512),
  retries: z.int().min(0).max(100).optional(),
  retryIntervalS: z.int().min(0).max(86_400).optional(),
};

export const TOKEN_TYPES = [
  'ISO14443',
  'ISO15693',
  'Central',
  'eMAID',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
] as const;

/** Who charges. 1.6 knows no types and 20 characters; 2.x takes a card when no type is given. */
export const token = {
  token: z.string().min(1).max(36),
  tokenType: z.enum(TOKEN_TYPES).optional(),
  groupToken: z.string().min(1).max(36).optional(),
};

/** The id we gave (1.6) or the charger's own (2.x). */
export const transaction = z.union([positive, z.string().min(1).max(36)]);

/** A variable of the device model, or a configuration key: libs/ocpp/standard-variables.ts knows where both mean the same. */
export const variable = {
  name: z.string().min(1).max(50),
  component: z.string().min(1).max(50).optional(),
  instance: z.string().min(1).max(50).optional(),
  componentInstance: z.string().min(1).max(50).optional(),
  connectorId: connectorId.optional(),
};
export const ATTRIBUTES = ['Actual', 'Target', 'MinSet', 'MaxSet'] as const;

const variableSchema = z.strictObject(variable);
export type Variable = z.infer<typeof variableSchema>;

export const PROFILE_PURPOSES = ['charger-max', 'tx-default', 'tx', 'external'] as const;
export type ProfilePurpose = (typeof PROFILE_PURPOSES)[number];
export const RATE_UNITS = ['A', 'W'] as const;

/** How much a charger may give, in time. `limit` is in the schedule's unit, of one decimal at most. */
export const chargingProfile = z.strictObject({
  id: positive,
  stackLevel: z.int().min(0).max(100),
  purpose: z.enum(PROFILE_PURPOSES),
  kind: z.enum(['absolute', 'recurring', 'relative']),
  recurrency: z.enum(['daily', 'weekly']).optional(),
  validFrom: instant.optional(),
  validTo: instant.optional(),
  transaction: transaction.optional(),
  schedule: z.strictObject({
    unit: z.enum(RATE_UNITS),
    startAt: instant.optional(),
    durationS: positive.optional(),
    minRate: z.number().min(0).optional(),
    periods: z
      .array(
        z.strictObject({
          startS: positive,
          limit: z.number().min(0).max(1_000_000),
          phases: z.int().min(1).max(3).optional(),
          phaseToUse: z.int().min(1).max(3).optional(),
        }),
      )
      .min(1)
      .max(1_024),
  }),
});
export type ChargingProfile = z.infer<typeof chargingProfile>;

/** A certificate as chargers name one. */
export const certificateHash = z.strictObject({
  hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
  issuerNameHash: z.string().max(128),
  issuerKeyHash: z.string().max(128),
  serialNumber: z.string().max(40),
});

export const CERTIFICATE_USES = ['csms-root', 'manufacturer-root', 'v2g-root', 'mo-root'] as const;
export type CertificateUse = (typeof CERTIFICATE_USES)[number];
/** What a charger may be asked to list: also its own for ISO 15118, which is delivered, not installed. */
export const INSTALLED_USES = [...CERTIFICATE_USES, 'v2g-chain'] as const;
export type InstalledUse = (typeof INSTALLED_USES)[number];

export const pem = z.string().min(1).max(5_500);
