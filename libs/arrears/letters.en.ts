import { causeOf, type FailureCause } from '#libs/payments/failure-causes.js';

import type { LetterFacts, LetterTexts } from './letter-texts.js';

const CAUSES: Readonly<Record<FailureCause, string>> = {
  'insufficient-funds': 'the account did not hold enough money',
  'account-closed': 'the account has been closed',
  'account-invalid': 'the account details are not correct',
  'account-blocked': 'the account does not accept direct debits',
  'mandate-inactive': 'the direct debit mandate is no longer active',
  'refused-by-debtor': 'the debit was refused',
  'debtor-deceased': 'the bank could not execute the debit',
  'limit-exceeded': 'the amount exceeds a limit of the account',
  disputed: "the debit was returned at the account holder's request",
  'bank-unreachable': 'the bank could not execute the debit',
  cancelled: 'the debit was cancelled',
  'processing-too-long': 'the bank has not confirmed the debit yet',
  'no-mandate': 'there is no active direct debit mandate',
  'prepaid-too-low': 'the prepaid balance does not cover what is due',
  'not-paid': 'we have not received a payment yet',
  'debit-failed': 'the debit could not be executed',
};

const amount = (facts: LetterFacts): string =>
  facts.partlyPaid ? `${facts.due} (of ${facts.gross} in all; the rest has been paid)` : facts.due;

const STAGE_WORDS = {
  opened: 'the case is opened',
  notice: 'we send a notice',
  reminder: 'we send a reminder',
  retry: 'we present the direct debit again',
  'formal-notice': 'we send the formal notice of suspension',
  'suspension-proposed': 'a suspension of charging may be proposed',
  suspended: 'charging is suspended',
} as const;

export const ENGLISH: LetterTexts = {
  subject: {
    notice: ({ numberText }) => `Invoice ${numberText}: payment not made`,
    reminder: ({ numberText }) => `Reminder: invoice ${numberText} is unpaid`,
    retry: ({ numberText }) => `Invoice ${numberText}: a new direct debit`,
    'formal-notice': ({ numberText }) => `Formal notice: invoice ${numberText} is overdue`,
    suspended: ({ numberText }) => `Charging suspended: invoice ${numberText} is unpaid`,
    resumed: ({ numberText }) => `Charging resumed: invoice ${numberText}`,
  },
  greeting: ({ customerName }) => `Dear ${customerName},`,
  what: {
    notice: (facts) =>
      `Invoice ${facts.numberText}, due on ${facts.dueDate}, was not paid: ${CAUSES[causeOf(facts.cause)]}. ` +
      `The amount due is ${amount(facts)}.`,
    reminder: (facts) =>
      `We remind you that invoice ${facts.numberText}, due on ${facts.dueDate}, is still unpaid. ` +
      `The amount due is ${amount(facts)}.`,
    retry: (facts) =>
      `Invoice ${facts.numberText}, due on ${facts.dueDate}, is still unpaid: ${CAUSES[causeOf(facts.cause)]}. ` +
      `We are presenting the direct debit of ${amount(facts)} to your bank again.`,
    'formal-notice': (facts) =>
      `Invoice ${facts.numberText}, due on ${facts.dueDate}, is still unpaid in spite of our earlier letters. ` +
      `The amount due is ${amount(facts)}. ` +
      (facts.suspendable
        ? `Under article 5 of Portuguese Law 23/96 of 26 July we give notice, at least ` +
          `20 days ahead, that this missing payment is a reason to suspend the charging service. Paying the amount due ` +
          `prevents the suspension; once suspended, the service is resumed as soon as the payment is confirmed.`
        : `We formally demand its payment. Charging that you pay ahead is not suspended for this debt.`),
    suspended: (facts) =>
      `Invoice ${facts.numberText}, due on ${facts.dueDate}, is still unpaid after the formal notice. ` +
      `The amount due is ${amount(facts)}. From now on your cards and your spot begin no new charging session. A running ` +
      `session ends as usual, a cable is never locked in, and the supply of your home is not affected.`,
    resumed: (facts) =>
      `You can charge again: the suspension because of invoice ${facts.numberText}, due on ${facts.dueDate}, has ended. ` +
      `There is nothing more to do.`,
  },
  howToPay: (facts, stage) => {
    const debit =
      stage === 'retry' && facts.ibanLast4 !== null
        ? `The account ending in ${facts.ibanLast4} is debited; it only needs to hold the amount. `
        : '';
    const transfer =
      facts.issuerIban === null
        ? `To arrange the payment, write to ${facts.issuerEmail}, naming invoice ${facts.numberText}.`
        : `You can pay by bank transfer to IBAN ${facts.issuerIban} of ${facts.issuerName}, with the reference ` +
          `${facts.reference}.`;
    const page = facts.payUrl === null ? '' : ` Or by card, MB WAY or Multibanco at ${facts.payUrl}.`;
    return `How to pay: ${debit}${transfer}${page}`;
  },
  whatNext: ({ next, noticePeriod, suspendable }, stage) => {
    if (stage === 'suspended') {
      return 'What happens next: charging is resumed by itself, and we tell you, as soon as the payment is confirmed.';
    }
    if (stage === 'formal-notice' && suspendable) {
      const date = next === null ? '' : `, not before ${next.date}`;
      return (
        `What happens next: if the amount is not paid, a suspension may be proposed after ${noticePeriod}${date}, never on ` +
        `a Friday or the eve of a public holiday. A running session is not interrupted, and the supply of your home is ` +
        `not affected.`
      );
    }
    return next === null
      ? 'What happens next: we await your payment.'
      : `What happens next: if the amount is not paid by ${next.date}, ${STAGE_WORDS[next.stage]}.`;
  },
  howToQuestion: ({ issuerEmail, numberText }) =>
    `If you have paid already, do not agree with the amount, or need a payment plan, reply to this message or write to ` +
    `${issuerEmail}, naming invoice ${numberText}. While a complaint is open, no suspension is proposed.`,
  closing: ({ issuerName }) => `Kind regards,\n${issuerName}`,
};
