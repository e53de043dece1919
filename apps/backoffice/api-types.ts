import { z } from 'zod';

import { cents, count, currency, day, energyWh, instant, pageOf, period } from './api-values.js';
import { adjustmentLineSchema, imputedLineSchema } from './bill-types.js';
import { pricePartSchema } from './tariff-types.js';

/**
 * What the HTTP API answers, as zod schemas and as TypeScript types. The console imports the types from here and from
 * nowhere else. Money in cents, energy in Wh, power in W, instants ISO 8601 in UTC, local days yyyy-mm-dd.
 */
export * from './adjustment-types.js';
export * from './arrears-types.js';
export * from './bank-types.js';
export * from './bill-types.js';
export * from './card-types.js';
export * from './charger-types.js';
export * from './circuit-types.js';
export * from './document-types.js';
export * from './explanation-types.js';
export * from './frame-types.js';
export * from './import-types.js';
export * from './ledger-types.js';
export * from './saft-types.js';
export * from './security-types.js';
export * from './certificate-types.js';
export * from './sepa-types.js';
export * from './prepaid-types.js';
export * from './payout-types.js';
export * from './money-types.js';
export * from './tariff-types.js';

export const ROLE_NAMES = ['administrator', 'staff', 'manager', 'resident', 'installer'] as const;

/* Session */

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLE_NAMES),
  language: z.string(),
  condominiumId: z.string().nullable(),
  customerId: z.string().nullable(),
});
export const sessionSchema = z.object({
  user: userSchema,
  /** `stripe`: a text to show as a banner, or null; `temporalUi`: its base URL, or null. */
  labels: z.object({ stripe: z.string().nullable(), temporalUi: z.string().nullable() }),
});
export const signInSchema = z.strictObject({
  email: z.string().min(1).max(320),
  password: z.string().min(1).max(1024),
});

/* Installations and spots */

export const installationSchema = z.object({
  id: z.string(),
  name: z.string(),
  condominiumName: z.string(),
  /** IANA name; local days and times of everything in it are told in this zone. */
  timeZone: z.string(),
  chargers: count,
  online: count,
  charging: count,
  openOddities: count,
  latestMonth: z.object({ period, step: z.string(), cycleId: z.string() }).nullable(),
});
export const circuitSchema = z.object({
  id: z.string(),
  name: z.string(),
  maxCurrentA: z.int(),
  parentId: z.string().nullable(),
});
export const installationDetailSchema = installationSchema.extend({
  cpe: z.string().nullable(),
  condominium: z.object({ id: z.string(), name: z.string(), city: z.string(), managerName: z.string() }),
  circuits: z.array(circuitSchema),
});
export const SPOT_CODES = [
  'disconnected',
  'charging',
  'waiting',
  'finished',
  'faulted',
  'offline',
  'no-charger',
] as const;
/** The page words it from code, powerW and offeredW: "A carregar com 2,4 kW de 4,6 kW atribuída". */
export const spotStateSchema = z.object({
  code: z.enum(SPOT_CODES),
  /** OCPP 1.6 ChargePointStatus as the charger told it; null when it never did. */
  status: z.string().nullable(),
  errorCode: z.string().nullable(),
  powerW: z.int().nullable(),
  offeredW: z.int().nullable(),
  /** Energy of the transaction under way. */
  energyWh: energyWh.nullable(),
  since: instant.nullable(),
  online: z.boolean(),
});
export const spotSchema = z.object({
  spotId: z.string(),
  spotName: z.string(),
  circuitId: z.string().nullable(),
  chargerId: z.string().nullable(),
  chargerLabel: z.string().nullable(),
  customerName: z.string().nullable(),
  state: spotStateSchema,
});
export const odditySchema = z.object({
  id: z.int(),
  installationId: z.string(),
  chargerId: z.string(),
  chargerLabel: z.string(),
  transactionId: z.int().nullable(),
  code: z.string(),
  detail: z.record(z.string(), z.unknown()),
  at: instant,
  resolvedAt: instant.nullable(),
  resolvedBy: z.string().nullable(),
});

/* Months */

export const monthStepSchema = z.object({ step: z.string(), state: z.enum(['done', 'current', 'todo']) });
export const anomalySchema = z.object({
  code: z.string(),
  subject: z.string(),
  /** Whom it is about, where `subject` is a customer's number. */
  customer: z.object({ id: z.string(), name: z.string() }).nullable(),
  detail: z.record(z.string(), z.unknown()),
  acceptedAt: instant.nullable(),
});
export const monthInvoicesSchema = z.object({
  issued: count,
  grossCents: cents,
  paidCents: cents,
  settled: count,
  processing: count,
  arrears: count,
  /** Unpaid ones that will not get on by themselves: parked, or held by a person. */
  needPerson: count,
});
/** What of a month's energy was used in a tariff band and what it is worth; energy fed back counts negative. */
export const bandTotalSchema = z.object({ band: z.string(), label: z.string(), wh: energyWh, cents });
export const monthSchema = z.object({
  cycleId: z.string(),
  installationId: z.string(),
  installationName: z.string(),
  timeZone: z.string(),
  period,
  /** A step of workflows/installation-month/messages.ts, or parked, or cancelled. */
  step: z.string(),
  stepSince: instant,
  waitsFor: z.string().nullable(),
  done: count,
  total: count,
  held: z.boolean(),
  /** Who held the month, when and why; null when nobody did, and for managers. */
  hold: z.object({ by: z.string(), at: instant, reason: z.string().nullable() }).nullable(),
  totalWh: energyWh,
  totalCents: cents,
  unattributedWh: energyWh,
  outcome: z.string().nullable(),
  finishedAt: instant.nullable(),
  workflowId: z.string(),
  /** The run in Temporal's own web UI; null when no address of it is configured, and for managers. */
  workflowUrl: z.string().nullable(),
  excelFileId: z.string().nullable(),
  /** Of every amount of the month. */
  currency,
  steps: z.array(monthStepSchema),
  anomalies: z.array(anomalySchema),
  invoices: monthInvoicesSchema,
});
export const monthDetailSchema = monthSchema.extend({
  /** Rated from sealed readings: an auditor can have the month as one archive. */
  hasArchive: z.boolean(),
  condominiumId: z.string(),
  /** The workbook as it was sent at invoicing, and as it stood when every collection had ended. */
  sentExcelFileId: z.string().nullable(),
  finalExcelFileId: z.string().nullable(),
  /** Of its invoices, net, less what was credited since: the condominium's, and the fees of its contract. */
  recoveredCents: cents,
  feesCents: cents,
  bands: z.array(bandTotalSchema),
});
export const startMonthSchema = z.strictObject({ installationId: z.string().min(1).max(200), period });
export const startedMonthSchema = z.object({
  installationId: z.string(),
  period,
  workflowId: z.string(),
  workflowUrl: z.string().nullable(),
});

/* Invoices and collections */

export const PAYMENT_METHODS = ['direct-debit', 'prepaid', 'transfer'] as const;
export const INVOICE_STATES = ['open', 'processing', 'paid', 'partly-paid', 'arrears', 'disputed'] as const;
export const invoiceSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  currency,
  grossCents: cents,
  dueCents: cents,
  dueDate: day,
  method: z.string(),
  state: z.enum(INVOICE_STATES),
  collection: z
    .object({
      step: z.string(),
      waitsFor: z.string().nullable(),
      nextActionAt: instant.nullable(),
      /** A person held it: it waits for them already, or will before its next step. */
      held: z.boolean(),
      reason: z.string().nullable(),
    })
    .nullable(),
  arrears: z
    .object({
      stage: z.string(),
      /** Why it is chased: a provider's failure code, `no-mandate`, `prepaid-too-low`, `not-paid`, `disputed`, … */
      cause: z.string(),
      nextStage: z.string().nullable(),
      nextActionAt: instant.nullable(),
      pausedReason: z.string().nullable(),
      outcome: z.string().nullable(),
    })
    .nullable(),
  workflowUrl: z.string().nullable(),
  pdfFileId: z.string().nullable(),
  /** How what is due is paid by transfer; null: nothing is due. The reference is an RF creditor reference (ISO 11649). */
  transfer: z.object({ iban: z.string().nullable(), name: z.string(), reference: z.string() }).nullable(),
  /** It was given back for its month to be invoiced again, and that has not been done yet. */
  waitsForReissue: z.boolean(),
});
/** The answer to a command on a collection or an arrears case: what its workflow says afterwards. */
export const collectionAnswerSchema = z.object({ documentId: z.string(), invoice: invoiceSchema });

/* Customers */

export const customerSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  paymentMethod: z.string(),
  spots: z.array(z.string()),
  currency,
  /** What the customer owes, all invoices together. */
  balanceCents: cents,
});
export const customerMonthSchema = z.object({
  cycleId: z.string(),
  period,
  documentId: z.string().nullable(),
  number: z.string().nullable(),
  currency,
  grossCents: cents.nullable(),
  dueCents: cents.nullable(),
  state: z.enum(INVOICE_STATES).nullable(),
});
export const customerDetailSchema = customerSchema.extend({
  nif: z.string().nullable(),
  language: z.string(),
  condominiumId: z.string(),
  prepaidCents: cents,
  mandate: z.object({ status: z.string(), ibanLast4: z.string().nullable() }).nullable(),
  months: z.array(customerMonthSchema),
});
export const ratedLineSchema = z.object({
  lineId: z.string(),
  spotName: z.string().nullable(),
  chargerLabel: z.string(),
  season: z.string(),
  dayType: z.string(),
  label: z.string(),
  interval: z.string(),
  band: z.string(),
  direction: z.string(),
  wh: energyWh,
  estimatedWh: energyWh,
  /** How far the estimated energy can be off at worst. */
  estimatedErrorWh: energyWh,
  perKWhMicros: z.int(),
  /** The price is indexed and changed within the line: `perKWhMicros` is the mean, `cents` are exact. */
  isAveragePrice: z.boolean(),
  /** What the price is made of; null where it is a mean or not known. */
  priceParts: z.array(pricePartSchema).nullable(),
  cents,
});
export const chargingSessionSchema = z.object({
  transactionId: z.int(),
  chargerLabel: z.string(),
  startedAt: instant,
  stoppedAt: instant.nullable(),
  energyWh: energyWh.nullable(),
  flags: z.array(z.string()),
});
export const customerMonthDetailSchema = z.object({
  customer: z.object({ id: z.string(), name: z.string(), paymentMethod: z.string() }),
  cycleId: z.string(),
  installationId: z.string(),
  installationName: z.string(),
  timeZone: z.string(),
  period,
  step: z.string(),
  currency,
  invoice: invoiceSchema.nullable(),
  lines: z.array(ratedLineSchema),
  /** The retailer's charges first, then our own fees. */
  charges: z.array(imputedLineSchema),
  /** Corrections of former months that stand in this month's invoice. */
  adjustments: z.array(adjustmentLineSchema),
  netCents: cents,
  vatGroups: z.array(z.object({ ratePermyriad: z.int(), code: z.string(), netCents: cents, vatCents: cents })),
  /** Of the invoice; null before it is issued. */
  grossCents: cents.nullable(),
  sessions: z.array(chargingSessionSchema),
  /** Every local day of the month; a day without charging has no bands. Empty while no price list applies. */
  dailyWh: z.array(z.object({ date: day, byBand: z.record(z.string(), energyWh) })),
});

/* Mails, system, commands */

export const mailSchema = z.object({
  id: z.string(),
  installationId: z.string().nullable(),
  customerId: z.string().nullable(),
  recipient: z.string(),
  subject: z.string(),
  body: z.string(),
  createdAt: instant,
  sentAt: instant.nullable(),
  lastError: z.string().nullable(),
  /** What the mail server said when it took the message. */
  receipt: z
    .object({
      response: z.string().nullable(),
      messageId: z.string(),
      accepted: z.array(z.string()),
      rejected: z.array(z.string()),
    })
    .nullable(),
  attachments: z.array(z.object({ fileId: z.string(), fileName: z.string() })),
  /** The mail that a person asked to be sent again, of which this is the copy. */
  againOf: z.string().nullable(),
  maySendAgain: z.boolean(),
});
export const sendAgainSchema = z.strictObject({
  /** The manager's address as it is kept when not given. */
  recipient: z.email().max(254).optional(),
});
export const systemSchema = z.object({
  version: z.string(),
  node: z.string(),
  postgres: z.string(),
  temporal: z.object({ namespace: z.string(), reachable: z.boolean(), ui: z.string().nullable() }),
  stripe: z.object({ configured: z.boolean(), label: z.string().nullable() }),
  webhooks: z.object({ unhandled: count, oldestUnhandledAt: instant.nullable() }),
});
export const reasonSchema = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
export const recordTransferSchema = z.strictObject({
  amountCents: z.int().min(1).max(100_000_000),
  /** What the bank statement calls it: the same reference is booked once. */
  reference: z.string().trim().min(1).max(140),
});

export const issueSchema = z.object({ field: z.string(), message: z.string() });
/** RFC 9457; `type` is stable: `/problems/<code>`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** The offending field, dotted: `period`, `items.0.id`. */
  field: z.string().optional(),
  /** Everything that is wrong, where there may be more than one thing. */
  issues: z.array(issueSchema).optional(),
});
/** What the live feed says: something changed there; the page reads it again. */
export const liveMessageSchema = z.object({
  topic: z.enum(['month', 'collection', 'arrears', 'oddity', 'mail', 'charger']),
  installation: z.string().nullable(),
  id: z.string(),
});
export const liveSubscribeSchema = z.strictObject({ subscribe: z.array(z.string().max(200)).max(1000) });

export const MONTH_ACTIONS = ['approve', 'hold', 'release', 'waive-readings', 'retry', 'cancel'] as const;
export const COLLECTION_ACTIONS = ['hold', 'release', 'retry', 'cancel'] as const;
export const ARREARS_ACTIONS = [
  'pause',
  'resume',
  'waive',
  'retry',
  'approve-suspension',
  'decline-suspension',
] as const;

export const installationPageSchema = pageOf(installationSchema);
export const spotPageSchema = pageOf(spotSchema);
export const oddityPageSchema = pageOf(odditySchema);
export const monthPageSchema = pageOf(monthSchema);
export const invoicePageSchema = pageOf(invoiceSchema);
export const customerPageSchema = pageOf(customerSchema);
export const mailPageSchema = pageOf(mailSchema);

export type { Page } from './api-values.js';
export type RoleName = (typeof ROLE_NAMES)[number];
export type User = z.infer<typeof userSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type SignIn = z.infer<typeof signInSchema>;
export type Installation = z.infer<typeof installationSchema>;
export type InstallationDetail = z.infer<typeof installationDetailSchema>;
export type Circuit = z.infer<typeof circuitSchema>;
export type SpotCode = (typeof SPOT_CODES)[number];
export type SpotState = z.infer<typeof spotStateSchema>;
export type Spot = z.infer<typeof spotSchema>;
export type Oddity = z.infer<typeof odditySchema>;
export type Month = z.infer<typeof monthSchema>;
export type MonthDetail = z.infer<typeof monthDetailSchema>;
export type BandTotal = z.infer<typeof bandTotalSchema>;
export type MonthStepState = z.infer<typeof monthStepSchema>;
export type MonthAction = (typeof MONTH_ACTIONS)[number];
export type MonthAnomaly = z.infer<typeof anomalySchema>;
export type StartMonth = z.infer<typeof startMonthSchema>;
export type StartedMonth = z.infer<typeof startedMonthSchema>;
export type InvoiceState = (typeof INVOICE_STATES)[number];
export type Invoice = z.infer<typeof invoiceSchema>;
export type CollectionAction = (typeof COLLECTION_ACTIONS)[number];
export type ArrearsAction = (typeof ARREARS_ACTIONS)[number];
export type CollectionAnswer = z.infer<typeof collectionAnswerSchema>;
export type Customer = z.infer<typeof customerSchema>;
export type CustomerDetail = z.infer<typeof customerDetailSchema>;
export type CustomerMonth = z.infer<typeof customerMonthSchema>;
export type CustomerMonthDetail = z.infer<typeof customerMonthDetailSchema>;
export type RatedLine = z.infer<typeof ratedLineSchema>;
export type ChargingSession = z.infer<typeof chargingSessionSchema>;
export type Mail = z.infer<typeof mailSchema>;
export type SendAgain = z.infer<typeof sendAgainSchema>;
export type SystemFacts = z.infer<typeof systemSchema>;
export type Reason = z.infer<typeof reasonSchema>;
export type RecordTransfer = z.infer<typeof recordTransferSchema>;
export type ProblemIssue = z.infer<typeof issueSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type LiveMessage = z.infer<typeof liveMessageSchema>;
