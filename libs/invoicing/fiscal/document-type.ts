import { z } from 'zod';

import simplifiedLimits from './simplified-limits.json' with { type: 'json' };

/** FT invoice, FS simplified invoice, FR invoice that is its own receipt, NC credit note. */
export type DocumentType = 'FT' | 'FS' | 'FR' | 'NC';

/** Whether an issuer issues simplified invoices, and as what seller (CIVA art. 40). */
export const SIMPLIFIED_POLICIES = ['never', 'retailer', 'other'] as const;
export type SimplifiedPolicy = (typeof SIMPLIFIED_POLICIES)[number];

const limitSchema = z.strictObject({
  seller: z.enum(['retailer', 'other']),
  /** The total may not be above it. */
  grossCents: z.int().positive(),
  validFrom: z.iso.date(),
  /** Inclusive; null while in force. */
  validTo: z.iso.date().nullable(),
  source: z.string().min(1),
  confidence: z.enum(['high', 'medium', 'low']),
});
export type SimplifiedLimit = z.infer<typeof limitSchema>;

/** The dated limits that come with the product (simplified-limits.json, each with its source). */
export const SIMPLIFIED_LIMITS: readonly SimplifiedLimit[] = z.array(limitSchema).parse(simplifiedLimits.limits);

export interface InvoiceTypeFacts {
  /** Other countries' issuers have plain invoices only. */
  readonly isPortuguese: boolean;
  readonly simplified: SimplifiedPolicy;
  readonly isFinalConsumer: boolean;
  readonly grossCents: number;
  /** yyyy-mm-dd */
  readonly issueDate: string;
  /** What the customer has paid ahead and may be used for this invoice; 0 when it is not paid so. */
  readonly paidAheadCents: number;
}

/**
 * Which kind of invoice it is: its own receipt (FR) when it is paid as a whole when it is issued; simplified (FS) for
 * who gave no tax number, up to the limit of the day, where the issuer wants it; else an invoice (FT).
 */
export function invoiceTypeOf(facts: InvoiceTypeFacts, limits = SIMPLIFIED_LIMITS): Exclude<DocumentType, 'NC'> {
  if (!facts.isPortuguese) return 'FT';
  if (facts.paidAheadCents >= facts.grossCents) return 'FR';
  return facts.isFinalConsumer && isWithinLimit(facts, limits) ? 'FS' : 'FT';
}

function isWithinLimit({ simplified, grossCents, issueDate }: InvoiceTypeFacts, limits: readonly SimplifiedLimit[]) {
  const limit = limits.find(
    ({ seller, validFrom, validTo }) =>
      seller === simplified && validFrom <= issueDate && (validTo === null || issueDate <= validTo),
  );
  return limit !== undefined && grossCents <= limit.grossCents;
}

/** The word of a text column as the policy it stands for. Throws on any other word: the row is broken. */
export function simplifiedPolicyOf(text: string): SimplifiedPolicy {
  const policy = SIMPLIFIED_POLICIES.find((word) => word === text);
  if (policy === undefined)
    throw new Error(`simplified invoices "${text}": there is ${SIMPLIFIED_POLICIES.join(', ')}`);
  return policy;
}
