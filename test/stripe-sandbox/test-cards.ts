export interface CardBehaviour {
  readonly last4: string;
  /** What the bank says when the card is charged; nothing: it pays. */
  readonly declineCode?: string;
  /** The holder must agree first; without the holder (off session) it is declined. */
  readonly authenticates?: boolean;
  /** Paid, then disputed for this reason. */
  readonly disputeReason?: string;
  /** A refund is not there at once: it comes later, or it fails later. */
  readonly refund?: 'later' | 'fails';
}

/** Stripe's test payment methods for cards, as far as they are played (docs.stripe.com/testing). */
export const TEST_CARDS: Readonly<Record<string, CardBehaviour>> = {
  pm_card_visa: { last4: '4242' },
  pm_card_visa_chargeDeclined: { last4: '0002', declineCode: 'generic_decline' },
  pm_card_visa_chargeDeclinedInsufficientFunds: { last4: '9995', declineCode: 'insufficient_funds' },
  pm_card_authenticationRequired: { last4: '3184', authenticates: true },
  pm_card_createDispute: { last4: '0259', disputeReason: 'fraudulent' },
  pm_card_pendingRefund: { last4: '7726', refund: 'later' },
  pm_card_refundFail: { last4: '5126', refund: 'fails' },
};
