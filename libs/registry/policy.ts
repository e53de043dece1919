import { z } from 'zod';

/**
 * A delay as policy data: exactly one unit. `businessDays` and `days` are counted in the installation's local
 * calendar (working days skip weekends and its country's and municipality's holidays), `seconds` are elapsed time.
 */
export const delaySchema = z.union([
  z.strictObject({ seconds: z.int().min(0) }),
  z.strictObject({ days: z.int().min(0) }),
  z.strictObject({ businessDays: z.int().min(0) }),
]);
export type Delay = z.infer<typeof delaySchema>;

/** What differs between installations and over time in how a month is run. Default: {@link DEFAULT_POLICY}. */
export const installationPolicySchema = z.strictObject({
  /** How long after the month's end the readings of late chargers are awaited, and how often one looks. */
  lateReadingsLimit: delaySchema,
  lateReadingsPoll: delaySchema,
  /** When the Schedule starts the month's workflow: local time on the first day of the next month, 04:00 or later. */
  closeAtLocalTime: z.string().regex(/^(0[4-9]|1\d|2[0-3]):[0-5]\d$/),
  anomaly: z.strictObject({
    /** Hold when a customer's energy exceeds this many per cent of the mean of the previous three months ... */
    spikePercent: z.int().min(100),
    /** ... and this floor. */
    spikeFloorWh: z.int().min(0),
    /** Unattributed energy up to this is not worth a person's time. */
    unattributedToleranceWh: z.int().min(0),
    /** What the retailer's invoice may differ from what was measured and rated before a person looks at it. */
    retailerBillTolerance: z
      .strictObject({ wh: z.int().min(0), cents: z.int().min(0) })
      .default({ wh: 20_000, cents: 500 }),
  }),
  /** Days between invoice and due date; also the direct debit's pre-notification. */
  preNotification: delaySchema,
  /** How long a debit may be `processing` before it is handed to arrears. */
  processingLimit: delaySchema,
  processingPoll: delaySchema,
  arrears: z.strictObject({
    /** Each counted from the due date (or from the moment a case opens, if that is later). */
    reminderAfter: delaySchema,
    /** Only for reasons that a second debit can cure (AM04). */
    retryAfter: delaySchema,
    formalNoticeAfter: delaySchema,
    /** After the formal notice; Lei 23/96 art. 5.º: at least 20 days. */
    suspensionProposalAfterNotice: delaySchema,
    /** The first letter: that the debit failed or nothing was paid, and why. */
    noticeAfter: delaySchema.default({ days: 1 }),
    /** Whether who pays ahead now is kept from charging for an older debt. */
    suspendPrepaid: z.boolean().default(false),
    /** How late an instalment of a payment plan may be before the plan is broken. */
    instalmentGrace: delaySchema.default({ businessDays: 3 }),
    /** Lei 23/96 art. 10.º: the claim lapses so many months after the end of the service ... */
    claimLapseMonths: z.int().min(1).default(6),
    /** ... and so long before, staff and manager are warned: hand over or sue. */
    lapseWarningDays: z.int().min(1).default(30),
    /** The legal rate that is charged on what is late: libs/arrears/interest-rates.json. */
    interest: z.enum(['none', 'civil', 'commercial']).default('none'),
    /** Whether a debt that was written off lets the debtor charge again. */
    resumeAfterWriteOff: z.boolean().default(false),
  }),
  /** What chargers were asked is kept so long after it ended. */
  commandHistoryMonths: z.int().min(1).default(13),
  /** Prepaid accounts that have no rules of their own, and how money comes in by mandate before any invoice. */
  prepaid: z
    .strictObject({
      /** Deductions leave at least this. */
      floorCents: z.int().min(0),
      /** Below this the customer is told. */
      lowBalanceCents: z.int().min(0),
      /** Who charges is warned when no more than this is left above the floor; at the floor the session is stopped. */
      sessionWarningCents: z.int().min(0).default(200),
      autoTopUp: z.strictObject({
        /** A SEPA debit can be taken back for eight weeks: nothing is credited on a promise. */
        creditOn: z.literal('succeeded'),
        /** Between the notice to the customer and the debit, as the consent says. */
        notice: delaySchema,
      }),
    })
    .default({
      floorCents: 0,
      lowBalanceCents: 1_000,
      sessionWarningCents: 200,
      autoTopUp: { creditOn: 'succeeded', notice: { days: 2 } },
    }),
});
export type InstallationPolicy = z.infer<typeof installationPolicySchema>;

/** The default of reference arrears stages: Lei 23/96 art. 5.º (20 days), SEPA Core scheme (14 days' notice). */
export const DEFAULT_POLICY: InstallationPolicy = {
  lateReadingsLimit: { days: 5 },
  lateReadingsPoll: { seconds: 3600 },
  closeAtLocalTime: '05:00',
  anomaly: {
    spikePercent: 300,
    spikeFloorWh: 50_000,
    unattributedToleranceWh: 1_000,
    retailerBillTolerance: { wh: 20_000, cents: 500 },
  },
  preNotification: { days: 14 },
  processingLimit: { businessDays: 14 },
  processingPoll: { seconds: 21_600 },
  arrears: {
    reminderAfter: { days: 10 },
    retryAfter: { businessDays: 5 },
    formalNoticeAfter: { days: 20 },
    suspensionProposalAfterNotice: { days: 20 },
    noticeAfter: { days: 1 },
    suspendPrepaid: false,
    instalmentGrace: { businessDays: 3 },
    claimLapseMonths: 6,
    lapseWarningDays: 30,
    interest: 'none',
    resumeAfterWriteOff: false,
  },
  commandHistoryMonths: 13,
  prepaid: {
    floorCents: 0,
    lowBalanceCents: 1_000,
    sessionWarningCents: 200,
    autoTopUp: { creditOn: 'succeeded', notice: { days: 2 } },
  },
};
