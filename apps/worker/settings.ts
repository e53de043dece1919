import { z } from 'zod';

import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import { temporalEnvironment } from '#temporal/client.js';

const text = z.string().min(1);
const environmentSchema = z.object({
  DATABASE_URL: text,
  STRIPE_SECRET_KEY: text,
  STRIPE_API_BASE: text.optional(),
  SMTP_URL: text,
  MAIL_FROM: text.default('ChaZeMo <suporte@chazemo.com>'),
  CHAZEMO_SECRET: text.optional(),
  CHAZEMO_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CHAZEMO_STRIPE_WEEKLY_LIMIT_CENTS: z.coerce.number().int().min(1).optional(),
  CHAZEMO_HOST: text.default('127.0.0.1'),
  CHAZEMO_WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
});

export interface Settings {
  readonly databaseUrl: string;
  readonly temporal: ReturnType<typeof temporalEnvironment>;
  readonly stripe: {
    readonly secretKey: string;
    readonly apiBase: string | undefined;
    /** What all debits of seven days may come to (a new account); null: no limit. */
    readonly weeklyLimitCents: number | null;
  };
  /** Opens the keys of the CA; null when it is not given: chargers get no certificates. */
  readonly secret: string | null;
  /** Where customers find their page, for links in mails; null when it is not known. */
  readonly publicUrl: string | null;
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  /** Who signs fiscal documents; null while no key is configured. */
  readonly signer: FiscalSigner | null;
  /** Where /healthz, /readyz and /metrics are answered; null when nobody asks. */
  readonly probes: { readonly host: string; readonly port: number } | null;
}

/** Reads the settings; throws with every variable that is missing or wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new Error(`the worker cannot start:\n${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    databaseUrl: env.DATABASE_URL,
    temporal: temporalEnvironment(environment),
    stripe: {
      secretKey: env.STRIPE_SECRET_KEY,
      apiBase: env.STRIPE_API_BASE,
      weeklyLimitCents: env.CHAZEMO_STRIPE_WEEKLY_LIMIT_CENTS ?? null,
    },
    secret: env.CHAZEMO_SECRET ?? null,
    publicUrl: env.CHAZEMO_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    mail: { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM },
    signer: openFiscalSigner(environment),
    probes: env.CHAZEMO_WORKER_PORT === undefined ? null : { host: env.CHAZEMO_HOST, port: env.CHAZEMO_WORKER_PORT },
  };
}
