import { z } from 'zod';

import { count, instant } from './api-values.js';

const profile = z.int().min(0).max(3);

export const PASSWORD_STATES = ['none', 'under-way', 'unanswered', 'accepted', 'by-hand'] as const;

/** What a charger must come with, what is under way, and what was noted. */
export const chargerSecuritySchema = z.object({
  chargerId: z.string(),
  /** OCPP security profile: 0 nothing, 1 password, 2 password over TLS, 3 client certificate. */
  profile,
  /** What it is being raised to; it holds as soon as the charger has come with it. */
  wantedProfile: profile.nullable(),
  allowUnsecured: z.boolean(),
  /**
   * A new password that the charger has not come with yet: on its way, sent without an answer, taken, or to be typed in.
   * The one of before holds until then.
   */
  password: z.object({ state: z.enum(PASSWORD_STATES), askedAt: instant.nullable(), lastSeenAt: instant.nullable() }),
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

export const setProfileSchema = z.strictObject({ profile: z.int().min(0).max(2) });
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
