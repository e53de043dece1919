/** SAF-T (PT) 1.04_01, PaymentMechanism: of its codes those that money comes to us by. */
export type PaymentMechanism = 'TB' | 'CC' | 'MB' | 'CS' | 'OU';

/**
 * How a payment was made, as SAF-T codes it: TB is a bank transfer or an authorised direct debit, CC a card, MB a
 * Multibanco reference, CS a balance that was paid ahead, OU another means (MB WAY:
 * the schema's MB is a Multibanco reference, and MB WAY has no code of its own).
 */
export function paymentMechanism(payment: {
  readonly source: string;
  readonly method: string | null;
}): PaymentMechanism {
  if (payment.source === 'prepaid') return 'CS';
  if (payment.source !== 'processor') return 'TB';
  const method = payment.method ?? 'sepa';
  if (method.includes('sepa')) return 'TB';
  if (method.includes('card')) return 'CC';
  return method.includes('multibanco') ? 'MB' : 'OU';
}
