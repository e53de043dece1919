import { z } from 'zod';

import { count, instant } from './api-values.js';

const profile = z.int().min(0).max(3);

export const PASSWORD_STATES = ['none', 'under-way', 'unanswered', 'accepted', 'by-hand'] as const;

/** What a charger must come with, what is under way, and what was noted. */
export const chargerSecuritySchema = z.object({
  chargerId: z.string(),
  /** OCPP security profile: 0 nothing, 1 password, 2 password over TLS, 3 certificates. */
  profile,
  /** What it is being raised to; it holds as soon as the charger has come with it. */
  wantedProfile: profile.nullable(),
  allowUnsecured: z.boolean(),
  /**
   * A new password that the charger has not come with yet: on its way, sent without an answer, taken, or to be typed in.
   * The one of before holds until then.
   */
  password: z.object({
    state: z.enum(PASSWORD_STATES),
    askedAt: instant.nullable(),
    lastSeenAt: instant.nullable(),
    /** What it has is the code of an enrolment window, which others may have, too. */
    isShared: z.boolean(),
  }),
  events: z.array(
    z.object({
      source: z.enum(['refused', 'told']),
      code: z.string(),
      at: instant,
      times: count,
      detail: z.string().nullable(),
    }),
  ),
});

export const setProfileSchema = z.strictObject({ profile });
export const installationSecuritySchema = z.object({ installationId: z.string(), allowUnsecured: z.boolean() });
export const setInstallationSecuritySchema = z.strictObject({ allowUnsecured: z.boolean() });
export const changedPasswordSchema = z.object({ chargerId: z.string(), commandId: z.uuid() });
/** Told once. */
export const passwordByHandSchema = z.object({ chargerId: z.string(), password: z.string() });

export type ChargerSecurity = z.infer<typeof chargerSecuritySchema>;
export type SetProfile = z.infer<typeof setProfileSchema>;
export type InstallationSecurity = z.infer<typeof installationSecuritySchema>;
export type SetInstallationSecurity = z.infer<typeof setInstallationSecuritySchema>;
export type ChangedPassword = z.infer<typeof changedPasswordSchema>;
export type PasswordByHand = z.infer<typeof passwordByHandSchema>;

/** A charger that nobody knows yet and that waits for a person. */
export const candidateSchema = z.object({
  id: z.uuid(),
  /** What it becomes when it is adopted. */
  chargerId: z.string(),
  label: z.string(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  protocol: z.string(),
  profile,
  /** Messages of it that were kept. */
  frames: count,
  firstSeenAt: instant,
  lastSeenAt: instant,
});
export const enrolmentSchema = z.object({
  installationId: z.string(),
  /** Null while none is open. */
  window: z.object({ until: instant, most: count, openedBy: z.string(), openedAt: instant }).nullable(),
  waiting: z.array(candidateSchema),
});
export const openEnrolmentSchema = z.strictObject({
  hours: z.int().min(1).max(168).default(24),
  /** As many may wait at once. */
  most: z.int().min(1).max(200).default(20),
});
/** `code` is told once: it is in the URL of the charger, `/ocpp/{code}/{identity}`, or is its password. */
export const openedEnrolmentSchema = enrolmentSchema.extend({ code: z.string() });
export const adoptSchema = z.strictObject({ spot: z.string().trim().min(1).max(100) });
export const adoptedSchema = z.object({ chargerId: z.string(), installationId: z.string() });

export type Candidate = z.infer<typeof candidateSchema>;
export type Enrolment = z.infer<typeof enrolmentSchema>;
export type OpenEnrolment = z.infer<typeof openEnrolmentSchema>;
export type OpenedEnrolment = z.infer<typeof openedEnrolmentSchema>;
export type Adopt = z.infer<typeof adoptSchema>;
export type AdoptedCharger = z.infer<typeof adoptedSchema>;
