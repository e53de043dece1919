import { z } from 'zod';

import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import type { SaftSoftware } from '#libs/reporting/saft/saft-facts.js';
import { saftSoftware } from '#libs/reporting/saft/software.js';

const text = z.string().min(1).optional();

/** The environment variables of the back office (design: one process, everything by environment). */
const environmentSchema = z.object({
  DATABASE_URL: z.string().min(1),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_UI_URL: text,
  CHAZEMO_STRIPE_WEEKLY_LIMIT_CENTS: z.coerce.number().int().min(1).optional(),
  CHAZEMO_HOST: z.string().default('127.0.0.1'),
  CHAZEMO_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  CHAZEMO_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CHAZEMO_SECRET: z.string().min(16, 'CHAZEMO_SECRET needs at least 16 characters'),
  CHAZEMO_ADMIN_EMAIL: text,
  CHAZEMO_ADMIN_PASSWORD: text,
  CHAZEMO_STRIPE_LABEL: text,
  CHAZEMO_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(3000),
  STRIPE_SECRET_KEY: text,
  STRIPE_WEBHOOK_SECRET: text,
  STRIPE_API_BASE: text,
});

export interface Settings {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Where people reach the console, without a slash at its end: the provider's page sends them back there. */
  readonly publicUrl: string;
  /** Keys the session hashes. */
  readonly secret: string;
  readonly administrator: { readonly email: string; readonly password: string } | null;
  /** Who signs fiscal documents; null while no key is configured. */
  readonly signer: FiscalSigner | null;
  /** How SAF-T names this program, without its version. */
  readonly software: Omit<SaftSoftware, 'version'>;
  /** Requests per minute and address before 429. */
  readonly requestsPerMinute: number;
  readonly temporal: { readonly namespace: string; readonly uiUrl: string | null };
  readonly stripe: {
    readonly secretKey: string | null;
    readonly webhookSecret: string | null;
    readonly apiBase: string | null;
    /** What all debits of seven days may come to (a new account); null: no limit. */
    readonly weeklyLimitCents: number | null;
    /** A text the console shows as a banner. */
    readonly label: string | null;
  };
}

/** Reads the settings; throws with every variable that is missing or wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new Error(`the back office cannot start:\n${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  const email = env.CHAZEMO_ADMIN_EMAIL;
  const password = env.CHAZEMO_ADMIN_PASSWORD;
  return {
    databaseUrl: env.DATABASE_URL,
    host: env.CHAZEMO_HOST,
    port: env.CHAZEMO_HTTP_PORT,
    publicUrl: (env.CHAZEMO_PUBLIC_URL ?? `http://${env.CHAZEMO_HOST}:${env.CHAZEMO_HTTP_PORT}`).replace(/\/+$/, ''),
    secret: env.CHAZEMO_SECRET,
    administrator: email === undefined || password === undefined ? null : { email, password },
    signer: openFiscalSigner(environment),
    software: saftSoftware(environment, ''),
    requestsPerMinute: env.CHAZEMO_REQUESTS_PER_MINUTE,
    temporal: { namespace: env.TEMPORAL_NAMESPACE, uiUrl: env.TEMPORAL_UI_URL ?? null },
    stripe: {
      secretKey: env.STRIPE_SECRET_KEY ?? null,
      webhookSecret: env.STRIPE_WEBHOOK_SECRET ?? null,
      apiBase: env.STRIPE_API_BASE ?? null,
      weeklyLimitCents: env.CHAZEMO_STRIPE_WEEKLY_LIMIT_CENTS ?? null,
      label: env.CHAZEMO_STRIPE_LABEL ?? null,
    },
  };
}
