import type { CreditAdjustmentRefusal } from '#libs/invoicing/credit-adjustment.js';
import type { ReissueRefusal } from '#libs/payments/reissue-invoice.js';

/** Why no credit note came of a person's wish, in words. */
export const CREDIT_REFUSALS: Readonly<Record<CreditAdjustmentRefusal['code'], string>> = {
  'CREDIT.ADJUSTMENT_NOT_OPEN': 'Only an adjustment that is accepted and in no document yet is credited.',
  'CREDIT.ADJUSTMENT_DIFFERS': 'The note would not come to the amount of the adjustment.',
  'CREDIT.MIXED': 'Part of the adjustment is still to be charged: it waits for the next invoice.',
  'CREDIT.BEYOND_INVOICE':
    'The invoice has not enough left to give back: credit the lines that reduce it together with what they reduce.',
  'CREDIT.NO_INVOICE_OF_MONTH': 'The customer has no invoice of that month.',
  'CREDIT.NO_INVOICE': 'What is to be corrected is no invoice.',
  'CREDIT.LINE_NOT_FOUND': 'The invoice has no such line.',
  'CREDIT.BEYOND_LINE': 'A line of the invoice has not enough left to give back.',
  'CREDIT.NOTHING_TO_CREDIT': 'There is nothing to give back.',
  'CREDIT.NOT_WHOLE': 'A month is opened again only by a note over all that is left of its invoice.',
  'FISCAL.NO_KEY': 'No key is configured that signs fiscal documents (CHAZEMO_FISCAL_KEY).',
  'FISCAL.KEY_CHANGED': 'Documents were signed with another key of this version: configure that key, or a new version.',
  'SERIES.NOT_REGISTERED': 'The series of credit notes has no validation code of the tax authority yet: register it.',
  'CUSTOMER.NIF_INVALID': 'The tax number of the customer is not valid.',
};

/** Why a month was not invoiced again, in words. */
export const REISSUE_REFUSALS: Readonly<Record<ReissueRefusal['code'], string>> = {
  'REISSUE.NOT_GIVEN_BACK': 'The invoice was not given back for its month to be invoiced again.',
  NOTHING_DUE: 'The month comes to nothing now: it waits for the next invoice.',
  'VAT.NOT_FOUND': 'There is no rate of VAT on record for a line.',
  'VAT.EXEMPTION_MISSING': 'A line without VAT gives no reason for it.',
  'FISCAL.NO_KEY': CREDIT_REFUSALS['FISCAL.NO_KEY'],
  'FISCAL.KEY_CHANGED': CREDIT_REFUSALS['FISCAL.KEY_CHANGED'],
  'SERIES.NOT_REGISTERED': 'The series has no validation code of the tax authority yet: register it.',
  'CUSTOMER.NIF_INVALID': CREDIT_REFUSALS['CUSTOMER.NIF_INVALID'],
};
