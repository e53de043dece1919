import { z } from 'zod';

import { cents, currency, day, instant, pageOf } from './api-values.js';

/* Chasing an unpaid invoice */

/** What a case may need of a person (libs/arrears/look.ts); the last two come from its workflow. */
export const ARREARS_NEEDS = [
  'suspension',
  'registered-letter',
  'complaint',
  'plan-asked',
  'plan-broken',
  'hand-over',
  'parked',
  'paused',
] as const;
/** As libs/arrears/plan.ts has it. */
const MOST_INSTALMENTS = 24;

export const arrearsCaseSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  installationId: z.string(),
  currency,
  grossCents: cents,
  dueCents: cents,
  dueDate: day,
  cause: z.string(),
  stage: z.string(),
  since: instant,
  openedAt: instant,
  nextStage: z.string().nullable(),
  nextActionAt: instant.nullable(),
  pausedReason: z.string().nullable(),
  /** settled, waived, written-off, handed-over, suspension-proposed; null while it is chased. */
  outcome: z.string().nullable(),
  /** What staff should do; empty for everybody else. */
  needs: z.array(z.enum(ARREARS_NEEDS)),
  /** Lei 23/96 art. 10.º */
  claimLapsesAt: instant.nullable(),
  suspended: z.boolean(),
  workflowUrl: z.string().nullable(),
});
export const arrearsPageSchema = pageOf(arrearsCaseSchema);

const arrearsMomentSchema = z.object({
  stage: z.string(),
  /** done, or ahead: `at` is then the earliest time, null while nobody can say. */
  state: z.enum(['done', 'ahead']),
  at: instant.nullable(),
  dueCents: cents.nullable(),
});
const instalmentSchema = z.object({ dueDate: day, amountCents: cents });
const planSchema = z.object({
  totalCents: cents,
  agreedAt: instant,
  agreedBy: z.string(),
  endedAt: instant.nullable(),
  /** fulfilled, broken, ended; null while it is kept. */
  outcome: z.string().nullable(),
  /** While kept: the end of the first unpaid instalment's grace. */
  breaksAt: instant.nullable(),
  instalments: z.array(instalmentSchema.extend({ paidCents: cents })),
});
const complaintSchema = z.object({
  reason: z.string(),
  openedAt: instant,
  openedBy: z.string(),
  closedAt: instant.nullable(),
  closeReason: z.string().nullable(),
});
export const arrearsDetailSchema = z.object({
  case: arrearsCaseSchema,
  timeline: z.array(arrearsMomentSchema),
  /** complaint or plan: nobody is chased meanwhile. */
  standsStill: z.string().nullable(),
  plan: planSchema.nullable(),
  planRequest: z
    .object({ words: z.string(), askedAt: instant, answeredAt: instant.nullable(), answer: z.string().nullable() })
    .nullable(),
  complaints: z.array(complaintSchema),
  suspensions: z.array(
    z.object({ from: instant, until: instant.nullable(), approvedBy: z.string(), liftedBy: z.string().nullable() }),
  ),
  letters: z.array(
    z.object({
      stage: z.string(),
      channel: z.string(),
      recipient: z.string(),
      reference: z.string().nullable(),
      givenAt: instant,
    }),
  ),
  interest: z.object({
    kind: z.enum(['none', 'civil', 'commercial']),
    chargedCents: cents,
    charges: z.array(z.object({ fromDate: day, toDate: day, cents })),
  }),
  howToPay: z.object({
    issuerName: z.string(),
    issuerEmail: z.string(),
    iban: z.string().nullable(),
    reference: z.string(),
  }),
});

const words = z.string().trim().min(3).max(2000);
export const arrearsWordsSchema = z.strictObject({ reason: words });
export const agreePlanSchema = z.strictObject({
  instalments: z
    .array(z.strictObject({ dueDate: day, amountCents: z.int().min(1) }))
    .min(1)
    .max(MOST_INSTALMENTS),
});
export const registeredLetterSchema = z.strictObject({
  stage: z.enum(['notice', 'reminder', 'formal-notice', 'suspended']).default('formal-notice'),
  /** The post's number. */
  reference: z.string().trim().min(3).max(100),
  /** Where it was sent to. */
  recipient: z.string().trim().min(3).max(500),
  /** Local day on which the post took it. */
  sentOn: day,
});

export type ArrearsNeed = (typeof ARREARS_NEEDS)[number];
export type ArrearsCase = z.infer<typeof arrearsCaseSchema>;
export type ArrearsDetail = z.infer<typeof arrearsDetailSchema>;
export type ArrearsMoment = z.infer<typeof arrearsMomentSchema>;
export type ArrearsWords = z.infer<typeof arrearsWordsSchema>;
export type AgreePlan = z.infer<typeof agreePlanSchema>;
export type RegisteredLetter = z.infer<typeof registeredLetterSchema>;
